#pragma once

#include <string>
#include <string_view>

#include "thaw/core/tensor.h"

namespace thaw {

/// Bytes as letters of base64 (RFC 4648), padded with "=".
std::string to_base64(std::string_view bytes);
/// The bytes of a text in base64, of either of its alphabets, padded or not. Throws Error for other
/// letters.
std::string from_base64(std::string_view text);

/// The values of a tensor as base64 of floats of 4 bytes, the lowest first: not a bit is lost.
std::string floats_to_base64(const Tensor& values);
/// A tensor of this shape. Throws Error unless the text holds as many floats, all of them finite.
Tensor floats_from_base64(std::string_view text, const Shape& shape);

}  // namespace thaw
