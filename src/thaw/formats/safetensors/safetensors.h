#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/core/tensor.h"

namespace thaw {

/// The contents of a .safetensors file: named tensors, as float32, and texts ("metadata").
struct TensorFile {
  std::vector<std::pair<std::string, Tensor>> tensors;
  std::map<std::string, std::string> metadata;
};

/// Whether a file that begins so (9 bytes are enough) is of the format: by its header's length and
/// first letter.
bool is_safetensors(std::string_view start);

/// Reads the format that Hugging Face publishes: 8 bytes that give the header's length, the header
/// in JSON, the values, of type F32, F16 or BF16. Throws Error naming the file and what is wrong
/// with it; other data types are refused.
TensorFile load_safetensors(const std::filesystem::path& path);
/// The same of a file that lies in memory.
TensorFile read_safetensors(std::string_view content);

/// What a file's values are: F32, or F16, which takes half the space and rounds to 11 bits.
enum class TensorPrecision { float32, float16 };

/// Writes it as an AtomicFile. Requires that the tensors' names differ. Throws Error naming the
/// file when it cannot be written, and the tensor when a value is beyond what F16 holds (±65504).
void save_safetensors(const TensorFile& content, const std::filesystem::path& path,
                      TensorPrecision precision = TensorPrecision::float32);

}  // namespace thaw
