#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "thaw/core/tensor.h"

namespace thaw {

/// The contents of a .safetensors file: named float32 tensors and texts ("metadata").
struct TensorFile {
  std::vector<std::pair<std::string, Tensor>> tensors;
  std::map<std::string, std::string> metadata;
};

/// Reads the format that Hugging Face publishes: 8 bytes that give the header's length, the header
/// in JSON, the values. Throws Error naming the file and what is wrong with it; other data types
/// than F32 are refused.
TensorFile load_safetensors(const std::filesystem::path& path);

/// Writes it as an AtomicFile. Requires that the tensors' names differ. Throws Error naming the
/// file when it cannot be written.
void save_safetensors(const TensorFile& content, const std::filesystem::path& path);

}  // namespace thaw
