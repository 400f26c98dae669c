// The entry that libFuzzer calls, for one of the targets.

#include <cstddef>
#include <cstdint>

#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  thaw::testing::THAW_FUZZ_TARGET(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
