#include "thaw/formats/torch/state_dict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "thaw/core/error.h"
#include "thaw/core/half.h"

namespace thaw::torch {
namespace {

using Kind = PickleValue::Kind;

constexpr uint64_t most_numbers = uint64_t{1} << 40;
constexpr size_t most_axes = 8;

struct StorageClass {
  std::string_view name;
  NumberType type;
};
constexpr auto storage_classes =
    std::to_array<StorageClass>({{"torch.FloatStorage", NumberType::float32},
                                 {"torch.DoubleStorage", NumberType::float64},
                                 {"torch.HalfStorage", NumberType::float16},
                                 {"torch.BFloat16Storage", NumberType::bfloat16},
                                 {"torch.LongStorage", NumberType::int64},
                                 {"torch.IntStorage", NumberType::int32},
                                 {"torch.ShortStorage", NumberType::int16},
                                 {"torch.CharStorage", NumberType::int8},
                                 {"torch.ByteStorage", NumberType::uint8},
                                 {"torch.BoolStorage", NumberType::uint8}});

const PickleValue& expect(const PickleValue& value, Kind kind, const char* what) {
  if (value.kind != kind) throw Error(fmt::format("expected {}, received something else", what));
  return value;
}

uint64_t size_from(const PickleValue& value, const char* what) {
  const int64_t size = expect(value, Kind::integer, what).integer;
  if (size < 0 || static_cast<uint64_t>(size) > most_numbers)
    throw Error(fmt::format("expected {} of 0 to 2^40, received {}", what, size));
  return static_cast<uint64_t>(size);
}

std::vector<uint64_t> sizes_from(const Pickle& pickle, const PickleValue& value, const char* what) {
  const auto& items = expect(value, Kind::tuple, what).items;
  if (items.size() > most_axes)
    throw Error(fmt::format("expected at most {} axes, received {}", most_axes, items.size()));
  std::vector<uint64_t> sizes;
  sizes.reserve(items.size());
  for (const ValueId item : items) sizes.push_back(size_from(pickle.at(item), what));
  return sizes;
}

bool holds_tensors(const Pickle& pickle, const PickleValue& dict) {
  if (dict.kind != Kind::dict) return false;
  for (size_t i = 1; i < dict.items.size(); i += 2)
    if (pickle.at(dict.items[i]).kind == Kind::call) return true;
  return false;
}

/// The dict of tensors: the root, or what a training program keeps it under.
const PickleValue& dict_in(const Pickle& pickle) {
  const PickleValue& root = pickle.root();
  if (holds_tensors(pickle, root)) return root;
  constexpr auto keys =
      std::to_array<std::string_view>({"state_dict", "model_state_dict", "model", "net"});
  for (const std::string_view key : keys) {
    if (root.kind != Kind::dict) break;
    for (size_t i = 0; i < root.items.size(); i += 2) {
      const PickleValue& name = pickle.at(root.items[i]);
      const PickleValue& dict = pickle.at(root.items[i + 1]);
      if (name.kind == Kind::text && name.text == key && holds_tensors(pickle, dict)) return dict;
    }
  }
  throw Error(
      "expected a state dict, names and their tensors, received a PyTorch file without one: in "
      "Python, torch.save(model.state_dict(), \"weights.pth\")");
}

/// Throws Error unless all elements lie in a storage of `numbers`, each at a place of its own.
void check_extent(const StoredTensor& tensor, uint64_t numbers) {
  const auto& [name, storage, type, offset, sizes, strides] = tensor;
  if (std::ranges::count(sizes, uint64_t{0}) > 0) return;
  uint64_t left = numbers;  // 2^40 at most, so that no product below wraps
  for (const uint64_t size : sizes) left /= size;
  if (left == 0 || offset >= numbers) {
    throw Error(fmt::format(
        "expected at most the {} numbers of its storage, received shape ({}) from number {}",
        numbers, fmt::join(sizes, ", "), offset));
  }
  // Each axis strides over all that those of smaller strides reach.
  std::vector<size_t> order;
  for (size_t i = 0; i < sizes.size(); ++i)
    if (sizes[i] > 1) order.push_back(i);
  std::ranges::sort(order, {}, [&steps = strides](size_t i) { return steps[i]; });
  uint64_t reached = 0;
  for (const size_t i : order) {
    if (strides[i] <= reached)
      throw Error(fmt::format("expected a place for each element, received strides ({}) of ({})",
                              fmt::join(strides, ", "), fmt::join(sizes, ", ")));
    if (strides[i] > (numbers - offset) / (sizes[i] - 1)) {
      throw Error(
          fmt::format("expected strides within the {} numbers of its storage, received ({})",
                      numbers, fmt::join(strides, ", ")));
    }
    reached += (sizes[i] - 1) * strides[i];
  }
  if (offset + reached >= numbers) {
    throw Error(
        fmt::format("expected elements within the {} numbers of its storage, received one "
                    "at number {}",
                    numbers, offset + reached));
  }
}

/// What a pickle's tensors are, and the storages that they have.
class Tensors {
 public:
  explicit Tensors(const Pickle& pickle) : pickle_(pickle) {
    const PickleValue& dict = dict_in(pickle);
    for (size_t i = 0; i < dict.items.size(); i += 2) {
      const PickleValue& value = pickle.at(dict.items[i + 1]);
      if (value.kind != Kind::call) continue;
      const std::string& name = expect(pickle.at(dict.items[i]), Kind::text, "a text").text;
      tensors.push_back(with_context(name, [&] { return tensor_of(name, value); }));
    }
  }

  std::vector<StoredTensor> tensors;
  Storages storages;

 private:
  /// torch._utils._rebuild_tensor_v2(storage, offset, size, stride, …)
  StoredTensor tensor_of(const std::string& name, const PickleValue& call) {
    const auto& arguments = pickle_.at(call.items[1]).items;
    const std::string& function = pickle_.at(call.items[0]).text;
    if (!function.starts_with("torch._utils._rebuild_tensor") || arguments.size() < 4)
      throw Error("expected a tensor, received " + function);
    StoredTensor result{.name = name,
                        .storage = storage_of(pickle_.at(arguments[0])),
                        .offset = size_from(pickle_.at(arguments[1]), "an offset"),
                        .sizes = sizes_from(pickle_, pickle_.at(arguments[2]), "a size"),
                        .strides = sizes_from(pickle_, pickle_.at(arguments[3]), "a stride")};
    if (result.sizes.size() != result.strides.size())
      throw Error("expected a stride for each axis");
    const Storage& storage = storages.at(result.storage);
    result.type = storage.type;
    check_extent(result, storage.numbers);
    return result;
  }

  /// ("storage", torch.FloatStorage, key, "cpu", numbers), in the legacy form with None behind it.
  std::string storage_of(const PickleValue& persistent) {
    const PickleValue& id = pickle_.at(expect(persistent, Kind::persistent, "a storage").items[0]);
    const auto& items = expect(id, Kind::tuple, "a storage").items;
    if (items.size() < 5 || pickle_.at(items[0]).text != "storage")
      throw Error("expected a storage, received something else");
    if (items.size() > 5 && pickle_.at(items[5]).kind != Kind::none)
      throw Error("expected whole storages, received a view of a part of one");
    const std::string& name = pickle_.at(items[1]).text;
    const auto type = std::ranges::find(storage_classes, name, &StorageClass::name);
    if (type == storage_classes.end())
      throw Error("expected a storage of numbers, received " + name);
    const std::string& key = expect(pickle_.at(items[2]), Kind::text, "a storage's key").text;
    const Storage storage{type->type, size_from(pickle_.at(items[4]), "a storage's length")};
    if (storages.try_emplace(key, storage).first->second != storage)
      throw Error(fmt::format("expected storage {} of one type and length, received two", key));
    return key;
  }

  const Pickle& pickle_;
};

/// Tied weights are the same numbers whole; anything between is no state dict's.
void check_overlaps(const std::vector<StoredTensor>& tensors) {
  std::vector<const StoredTensor*> sorted;
  for (const StoredTensor& tensor : tensors)
    if (tensor.elements() > 0) sorted.push_back(&tensor);
  std::ranges::sort(sorted, {}, [](const StoredTensor* tensor) {
    return std::tuple(std::string_view(tensor->storage), tensor->offset, tensor->end());
  });
  for (size_t i = 1; i < sorted.size(); ++i) {
    const StoredTensor& before = *sorted[i - 1];
    const StoredTensor& tensor = *sorted[i];
    if (tensor.storage != before.storage || tensor.offset >= before.end()) continue;
    if (tensor.offset == before.offset && tensor.end() == before.end()) continue;
    throw Error(
        fmt::format("expected numbers of its own for each tensor, received {} and {} that "
                    "overlap in storage {}",
                    before.name, tensor.name, tensor.storage));
  }
}

/// DataParallel's word before every name.
void drop_prefix(std::vector<StoredTensor>& tensors) {
  constexpr std::string_view prefix = "module.";
  const auto has_it = [&](const StoredTensor& tensor) { return tensor.name.starts_with(prefix); };
  if (!std::ranges::all_of(tensors, has_it)) return;
  for (StoredTensor& tensor : tensors) tensor.name.erase(0, prefix.size());
}

template <typename T>
T number_at(std::string_view bytes, uint64_t index) {
  T value{};
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

float float_at(std::string_view bytes, uint64_t index, NumberType type) {
  switch (type) {
    case NumberType::float64:
      return static_cast<float>(number_at<double>(bytes, index));
    case NumberType::float16:
      return float_from_half(number_at<uint16_t>(bytes, index));
    case NumberType::bfloat16:
      return float_from_bfloat16(number_at<uint16_t>(bytes, index));
    default:
      return number_at<float>(bytes, index);
  }
}

bool is_float(NumberType type) {
  return type == NumberType::float32 || type == NumberType::float64 ||
         type == NumberType::float16 || type == NumberType::bfloat16;
}

}  // namespace

uint64_t StoredTensor::elements() const {
  uint64_t product = 1;
  for (const uint64_t size : sizes) product *= size;
  return product;
}

uint64_t StoredTensor::end() const {
  if (elements() == 0) return offset;
  uint64_t last = offset;
  for (size_t i = 0; i < sizes.size(); ++i) last += (sizes[i] - 1) * strides[i];
  return last + 1;
}

StateDict::StateDict(const ModelInput& input) : file_(TorchFile::open(input)) {
  Tensors read(file_->saved());
  file_->expect(read.storages);
  tensors_ = std::move(read.tensors);
  check_overlaps(tensors_);
  drop_prefix(tensors_);
}

Tensor StateDict::values(const StoredTensor& tensor) const {
  return with_context(tensor.name, [&] {
    if (!is_float(tensor.type)) throw Error("expected floating-point numbers, received whole ones");
    const std::string_view bytes = file_->storage(tensor.storage);
    std::vector<int64_t> sizes(tensor.sizes.begin(), tensor.sizes.end());
    Tensor result{Shape(std::move(sizes))};
    std::vector<uint64_t> index(tensor.sizes.size());
    uint64_t at = tensor.offset;
    for (float& value : result.values()) {
      value = float_at(bytes, at, tensor.type);
      // The next element, the last axis first.
      for (size_t axis = index.size(); axis-- > 0;) {
        at += tensor.strides[axis];
        if (++index[axis] < tensor.sizes[axis]) break;
        at -= tensor.sizes[axis] * tensor.strides[axis];
        index[axis] = 0;
      }
    }
    return result;
  });
}

}  // namespace thaw::torch
