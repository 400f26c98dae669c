#include <algorithm>
#include <optional>

#include "thaw/graph/describe.h"
#include "thaw/ops/kinds/pick.h"

namespace thaw {
namespace layers {
namespace {

/// What is taken, as Keras writes it: a list of slices, numbers, null (a new axis) and one
/// ellipsis.
struct Key {
  Config items = Config::List{};
};

void read(const Config& config, Key& field) {
  field.items = config.is_list() ? config : Config(Config::List{config});
}
Config write(const Key& field) { return field.items; }

/// y = x[key], as NumPy takes it; the batch is taken whole. Keras 3's operation of this name,
/// called on the tensor and the key.
struct GetItem {
  Key key;
  std::string name;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("key", key);
  }
  Shape output_shape(const Shape& x) const;
  ops::Value lower(const LowerContext& context, ops::Value x) const;
};

bool is_class(const Config& item, const char* class_name) {
  const Config* found = item.find("class_name");
  return found != nullptr && *found == Config(class_name);
}

std::optional<int64_t> number(const Config& slice, const char* key) {
  const Config* found = slice.at("config").find(key);
  if (found == nullptr || found->is_null()) return std::nullopt;
  return found->as_integer();
}

/// As Python's range(size)[slice].
std::vector<int64_t> indices_of(const Config& slice, int64_t size) {
  const int64_t step = number(slice, "step").value_or(1);
  if (step == 0) throw Error("expected a slice's step other than 0");
  const auto place = [&](std::optional<int64_t> given, int64_t otherwise) {
    if (!given) return otherwise;
    const int64_t from_start = *given < 0 ? std::max<int64_t>(*given, -size) + size : *given;
    const bool before = *given < -size;
    if (step > 0) return std::min(from_start, size);
    return before ? int64_t{-1} : std::min(from_start, size - 1);
  };
  const int64_t start = place(number(slice, "start"), step > 0 ? 0 : size - 1);
  const int64_t stop = place(number(slice, "stop"), step > 0 ? size : -1);
  std::vector<int64_t> result;
  for (int64_t i = start; step > 0 ? i < stop : i > stop; i += step) result.push_back(i);
  if (result.empty()) throw Error("the slice " + slice.to_string() + " leaves nothing");
  return result;
}

Config whole_axis() {
  return Config(Config::Map{}).set("class_name", "__slice__").set("config", Config(Config::Map{}));
}

/// The key with an item for each axis, the batch's among them, and null for new ones.
Config::List full_key(const Key& key, const Shape& x) {
  const auto axes = static_cast<size_t>(x.rank()) + 1;
  Config::List items = key.items.as_list();
  const auto is_ellipsis = [](const Config& item) { return is_class(item, "__ellipsis__"); };
  const auto ellipses = std::ranges::count_if(items, is_ellipsis);
  const auto news = std::ranges::count_if(items, [](const Config& item) { return item.is_null(); });
  const size_t taken = items.size() - static_cast<size_t>(ellipses + news);
  if (ellipses > 1 || taken > axes) {
    throw Error(
        fmt::format("expected at most one ellipsis and {} axes of a batch of {}, received {}", axes,
                    x.to_string(), key.items.to_string().substr(0, 100)));
  }
  auto at = std::ranges::find_if(items, is_ellipsis);
  if (at != items.end()) at = items.erase(at);
  items.insert(at, axes - taken, whole_axis());
  return items;
}

/// What is picked, and the shape that it then has.
struct Taken {
  ops::Pick pick;
  Shape shape;
};

Taken take(const GetItem& layer, const Shape& x) {
  constexpr int64_t largest = int64_t{1} << 24;
  for (const int64_t size : x.sizes())
    if (size > largest)
      throw Error(fmt::format("expected axes of at most 2^24, received {}", size));
  const Config::List items = full_key(layer.key, x);
  if (items[0].is_null() || !is_class(items[0], "__slice__") ||
      number(items[0], "start").value_or(0) != 0 || number(items[0], "stop") ||
      number(items[0], "step").value_or(1) != 1)
    throw Error("expected a key that takes the whole batch first (a slice without ends)");
  Taken result;
  std::vector<int64_t> sizes;
  for (size_t i = 1; i < items.size(); ++i) {
    if (items[i].is_null()) {
      sizes.push_back(1);
      continue;
    }
    const int64_t size = x[static_cast<int>(result.pick.indices.size())];
    if (is_class(items[i], "__slice__")) {
      result.pick.indices.push_back(indices_of(items[i], size));
      sizes.push_back(static_cast<int64_t>(result.pick.indices.back().size()));
    } else {
      const int64_t index = items[i].as_integer();
      if (index < -size || index >= size)
        throw Error(fmt::format("expected an index within {}, received {}", size, index));
      result.pick.indices.push_back({index < 0 ? index + size : index});
    }
  }
  result.shape = Shape(std::move(sizes));
  return result;
}

Shape GetItem::output_shape(const Shape& x) const { return take(*this, x).shape; }

ops::Value GetItem::lower(const LowerContext& context, ops::Value x) const {
  Taken taken = take(*this, context.ops.shape(x));
  const ops::Value y = context.ops.pick(x, std::move(taken.pick));
  return context.ops.shape(y) == taken.shape ? y : context.ops.reshape(y, taken.shape);
}

}  // namespace
}  // namespace layers

namespace layer_types {
extern const LayerType get_item;
constinit const LayerType get_item{"GetItem", &read_definition<layers::GetItem, get_item>,
                                   "keras.src.ops.numpy", "key"};
}  // namespace layer_types

}  // namespace thaw
