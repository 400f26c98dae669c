#pragma once

#include <string>

#include "thaw/core/config.h"
#include "thaw/formats/safetensors/safetensors.h"
#include "thaw/train/history.h"

namespace thaw {

// A .safetensors file whose every tensor and every word is under a checksum: what a state to go on
// from is kept in.

/// Puts `config`, a map, into the file's metadata under `key`, with checksums of it and of all
/// tensors.
void seal(TensorFile& file, const std::string& key, Config config);

/// What seal() put there. Throws Error where there is none, "expected <what>, received another
/// .safetensors file", or where its checksum is another. One without a checksum passes here.
Config sealed_config(const TensorFile& file, const std::string& key, const std::string& what);
/// Throws Error unless the tensors are just those that were sealed with this config, and it had a
/// checksum.
void check_sealed_tensors(const TensorFile& file, const std::string& key, const Config& config);

/// A loss may be none of JSON's numbers: AnyNumber.
Config logs_config(const Logs& logs);
Logs logs_from(const Config& config);

}  // namespace thaw
