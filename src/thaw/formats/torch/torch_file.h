#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "thaw/formats/format.h"
#include "thaw/formats/torch/pickle.h"

namespace thaw::torch {

/// The types that a storage's numbers have.
enum class NumberType { float32, float64, float16, bfloat16, int64, int32, int16, int8, uint8 };
/// Of one number.
uint64_t bytes_of(NumberType type);

/// What a pickle says of a storage.
struct Storage {
  NumberType type = NumberType::float32;
  uint64_t numbers = 0;

  uint64_t bytes() const { return numbers * bytes_of(type); }
  bool operator==(const Storage&) const = default;
};
using Storages = std::map<std::string, Storage>;

/// A file of torch.save(): a pickle, and storages with the numbers. Source: torch/serialization.py.
class TorchFile {
 public:
  /// Whether it is one, by content; false for a file that cannot be read.
  static bool is_one(const ModelInput& input);
  /// Of the zip form (PyTorch 1.6 and later) or the legacy form, several pickles and then the
  /// storages. Throws Error for a file that is damaged, or of a machine of the other byte order.
  static std::unique_ptr<TorchFile> open(const ModelInput& input);

  TorchFile() = default;
  virtual ~TorchFile() = default;
  TorchFile(const TorchFile&) = delete;
  TorchFile& operator=(const TorchFile&) = delete;

  /// What was saved.
  virtual const Pickle& saved() const = 0;
  /// Takes note of the storages that it refers to. Throws Error unless the file has just these
  /// numbers of them.
  virtual void expect(const Storages& storages) = 0;
  /// The bytes of one of them; valid until the next call.
  virtual std::string_view storage(const std::string& key) = 0;
};

}  // namespace thaw::torch
