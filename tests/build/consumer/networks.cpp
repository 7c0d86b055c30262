// Has the networks: linked, or found by the core beside itself.
#include <cstdio>

#include <sam6d/neural_library.hpp>

int main() {
  const sam6d::NeuralLibrary library = sam6d::neural_library();
  std::printf("networks: %s\n",
              library.available ? library.torch_version.c_str() : library.problem.c_str());
  return library.available ? 0 : 1;
}
