#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thaw::torch {

/// A place in a Pickle's list of values.
using ValueId = uint32_t;

/// One value of a pickle. Values refer to each other by their places, so that neither depth nor a
/// list that holds itself costs a stack.
struct PickleValue {
  enum class Kind {
    none,
    truth,    ///< `integer` is 0 or 1
    integer,  ///< of at most 64 bits
    number,
    text,
    bytes,  ///< and integers of more than 64 bits, little-endian
    tuple,
    list,
    dict,       ///< `items`: key, value, key, value, …; an OrderedDict is one too
    global,     ///< `text`: "torch.FloatStorage"
    call,       ///< `items`: the global and the tuple of its arguments
    persistent  ///< `items`: what stands for something outside of the pickle, a storage
  };
  Kind kind = Kind::none;
  int64_t integer = 0;
  double number = 0;
  std::string text = {};
  std::vector<ValueId> items = {};
};

/// What a pickle describes, in the forms that PyTorch's state dicts have (protocol 2 and later).
/// Nothing is ever run: a global is a name, and only those are allowed that a state dict needs,
/// OrderedDict, Size, the storages and what makes tensors of them. Source: pickletools.py.
class Pickle {
 public:
  /// Reads one pickle at the beginning of `bytes`. Throws Error for one that is cut off or damaged,
  /// needs more than some million values, or names any other global, which the message tells.
  explicit Pickle(std::string_view bytes);

  const PickleValue& root() const { return at(root_); }
  const PickleValue& at(ValueId id) const { return values_[id]; }
  /// How many of the bytes it took.
  size_t size() const { return size_; }

 private:
  friend class PickleReader;
  std::vector<PickleValue> values_;
  ValueId root_ = 0;
  size_t size_ = 0;
};

}  // namespace thaw::torch
