#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "thaw/core/tensor.h"

namespace thaw {

/// What a .safetensors file holds: named float32 tensors, and text beside them.
struct TensorFile {
  std::vector<std::pair<std::string, Tensor>> tensors;
  std::map<std::string, std::string> metadata;
};

/// The format that Hugging Face publishes: 8 bytes of header length, a JSON header, the values.
/// Throws Error naming the file and what is wrong with it; other data types than F32 are refused.
TensorFile load_safetensors(const std::filesystem::path& path);

/// The file appears whole or not at all. Names must differ.
void save_safetensors(const TensorFile& content, const std::filesystem::path& path);

}  // namespace thaw
