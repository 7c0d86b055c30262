// The library that is loaded is the one whose headers were compiled.
#include <iostream>
#include <string>

#include <sam6d/version.hpp>

int main() {
  const std::string of_headers = std::to_string(SAM6D_VERSION_MAJOR) + "." +
                                 std::to_string(SAM6D_VERSION_MINOR) + "." +
                                 std::to_string(SAM6D_VERSION_PATCH);
  std::cout << "headers " << of_headers << ", library " << sam6d::version() << "\n";
  return of_headers == sam6d::version() ? 0 : 1;
}
