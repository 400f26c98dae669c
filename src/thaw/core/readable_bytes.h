#pragma once

#include <cstdint>
#include <string>

namespace thaw {

/// 168'200'000 as "168.2 MB".
std::string readable_bytes(int64_t bytes);

}  // namespace thaw
