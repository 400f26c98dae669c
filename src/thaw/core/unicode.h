#pragma once

#include <string>
#include <string_view>

namespace thaw {

/// `text` (UTF-8) in Unicode's Normalization Form C, in which "é" is one character however it was
/// written; two names that look alike are equal in it. Bytes that are no UTF-8 are left as they
/// are. Source: Unicode Standard Annex #15.
std::string to_nfc(std::string_view text);

}  // namespace thaw
