#pragma once

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace thaw::testing {

/// What a random test of this run begins with: THAW_SEED where it is set, to repeat one, else
/// another each time. It is printed.
inline unsigned seed_of_run() {
  const char* asked = std::getenv("THAW_SEED");
  const unsigned seed = asked != nullptr && *asked != '\0'
                            ? static_cast<unsigned>(std::stoul(asked))
                            : std::random_device()();
  std::cout << "THAW_SEED=" << seed << std::endl;
  return seed;
}

}  // namespace thaw::testing
