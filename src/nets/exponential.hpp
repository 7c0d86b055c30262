#pragma once

#include <cstring>

#include "ops/lanes.hpp"

namespace sam6d::nets {

/// e^x for x <= 0 that are numbers, with a relative error below 2e-7, and 0 below -88. Taken as
/// 2^n e^r with |r| <= log(2)/2, where e^r is the polynomial that is best in relative error
/// (Cephes, expf), all in operations that every processor rounds alike.
SAM6D_INLINE void exponential(const ops::Floats& exponent, ops::Floats& power) {
  constexpr float kLeast = -88.0F;
  constexpr float kLog2E = 1.44269504F;
  // log(2) in two parts, the first of so few bits that multiples of it are exact.
  constexpr float kLn2High = 0.693359375F;
  constexpr float kLn2Low = -2.12194440e-4F;
  // Adding it leaves the nearest whole number in the lowest bits.
  constexpr float kRound = 12582912.0F;
  constexpr int kExponentBits = 23;
  constexpr std::int32_t kExponentBias = 127;

  const ops::Floats x = exponent > kLeast ? exponent : ops::Floats{} + kLeast;
  const ops::Floats shifted = x * kLog2E + kRound;
  const ops::Floats n = shifted - kRound;
  const ops::Floats r = (x - n * kLn2High) - n * kLn2Low;
  ops::Floats p = r * 1.9875691500e-4F + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = (p * (r * r) + r) + 1.0F;
  ops::Ints bits{};
  std::memcpy(&bits, &shifted, sizeof(bits));
  bits = (bits << kExponentBits) + (kExponentBias << kExponentBits);
  ops::Floats scale{};
  std::memcpy(&scale, &bits, sizeof(scale));
  power = p * scale;
}

}  // namespace sam6d::nets
