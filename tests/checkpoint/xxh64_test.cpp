#include "checkpoint/xxh64.hpp"

#include <vector>

#include <doctest/doctest.h>

namespace sam6d {
namespace {

TEST_CASE("XXH64 gives the values of the reference implementation") {
  // Of the first n of the bytes (7 i + 3) mod 256, by xxHash 0.8.
  struct Known {
    std::size_t count;
    std::uint64_t hash;
    std::uint64_t hash_with_seed;
  };
  constexpr std::uint64_t kSeed = 2654435761U;
  std::vector<std::byte> bytes(101);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(7 * i + 3);
  for (const Known& known : {Known{0, 0xef46db3751d8e999U, 0xac75fda2929b17efU},
                             {1, 0x1f25c8d0bc1f4bb6U, 0x79cf94f5ace37fe1U},
                             {4, 0x9bb64b7d66ee9fdaU, 0x4a862fbb4b73776eU},
                             {31, 0xa2aa5f33cc4a6119U, 0x381822f33376d6b6U},
                             {32, 0x23c3c17ef790fd97U, 0x9abd315470ac276aU},
                             {33, 0x50a7cfc7ba588784U, 0x72cdd3262f467933U},
                             {63, 0x5e3e54b431c7493cU, 0x634da7d265979e61U},
                             {101, 0xbad4d3bf033bda4cU, 0x6c892ceebbc660aaU}}) {
    CAPTURE(known.count);
    CHECK(xxh64(std::span(bytes).first(known.count)) == known.hash);
    CHECK(xxh64(std::span(bytes).first(known.count), kSeed) == known.hash_with_seed);
  }
}

}  // namespace
}  // namespace sam6d
