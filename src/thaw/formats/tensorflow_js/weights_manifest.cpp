#include "thaw/formats/tensorflow_js/weights_manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>

#include "thaw/core/error.h"
#include "thaw/formats/import/stored_numbers.h"

namespace thaw::tensorflow_js {
namespace {

constexpr uint64_t largest_file = uint64_t{8} << 30;

struct StoredType {
  std::string_view name;
  foreign::Stored form;
};

constexpr auto stored_types = std::to_array<StoredType>({
    {"float32", foreign::Stored::float32},
    {"float16", foreign::Stored::float16},
    {"int32", foreign::Stored::int32},
    {"uint16", foreign::Stored::uint16},
    {"uint8", foreign::Stored::uint8},
    {"bool", foreign::Stored::uint8},
});

const StoredType& type_of(const Config& name) {
  for (const StoredType& type : stored_types)
    if (name.as_string() == type.name) return type;
  throw Error(
      fmt::format("expected numbers (float32, int32, uint8, bool), received {}", name.as_string()));
}

/// A weight as the manifest describes it.
struct Spec {
  const StoredType* type = nullptr;
  Shape shape;
  bool is_whole = false;  ///< its numbers, dequantized, are whole
  bool is_scaled = false;
  double scale = 1, offset = 0;

  explicit Spec(const Config& weight) {
    std::vector<int64_t> sizes;
    for (const Config& size : weight.at("shape").as_list()) {
      sizes.push_back(size.as_integer());
      if (sizes.back() < 0)
        throw Error("expected a shape, received " + weight.at("shape").to_string());
    }
    shape = Shape(std::move(sizes));
    (void)shape.elements();
    const Config& dtype = weight.at("dtype");
    const StoredType& own = type_of(dtype);
    is_whole = own.name != "float32" && own.name != "float16";
    const Config* quantization = weight.find("quantization");
    type = quantization == nullptr ? &own : &type_of(quantization->at("dtype"));
    if (quantization == nullptr || type->name == "float16") return;
    if (type->name != "uint8" && type->name != "uint16")
      throw Error("expected quantization to uint8, uint16 or float16, received " +
                  std::string(type->name));
    is_scaled = true;
    scale = quantization->at("scale").as_number();
    offset = quantization->at("min").as_number();
  }

  uint64_t bytes() const { return static_cast<uint64_t>(shape.elements()) * bytes_of(type->form); }
};

foreign::Array array_of(const Spec& spec, std::string_view bytes) {
  const foreign::Array stored = foreign::array_of(spec.type->form, spec.shape, bytes);
  const auto count = static_cast<size_t>(spec.shape.elements());
  const auto number = [&](size_t i) {
    const double as_stored = stored.at(static_cast<int64_t>(i));
    return spec.is_scaled ? as_stored * spec.scale + spec.offset : as_stored;
  };
  if (!spec.is_whole) {
    Tensor values(spec.shape);
    for (size_t i = 0; i < count; ++i) values.values()[i] = static_cast<float>(number(i));
    return foreign::Array(std::move(values));
  }
  std::vector<int64_t> integers(count);
  for (size_t i = 0; i < count; ++i) {
    const double rounded = std::round(number(i));
    if (!(std::abs(rounded) <= std::numeric_limits<int32_t>::max() + 1.0))
      throw Error(fmt::format("expected whole numbers of 32 bits, received {}", rounded));
    integers[i] = static_cast<int64_t>(rounded);
  }
  return {spec.shape, std::move(integers)};
}

/// The bytes that a text tensor takes at the beginning of `bytes`: each text with its length before
/// it. Throws Error where they are not all there.
uint64_t text_bytes(const Config& shape, std::string_view bytes) {
  uint64_t count = 1;
  for (const Config& size : shape.as_list()) {
    const int64_t n = size.as_integer();
    if (n < 0 || (n > 0 && count > bytes.size() / static_cast<uint64_t>(n)))
      throw Error("expected texts of shape " + shape.to_string() + ", received fewer bytes");
    count *= static_cast<uint64_t>(n);
  }
  uint64_t at = 0;
  for (uint64_t i = 0; i < count; ++i) {
    uint32_t length = 0;
    if (bytes.size() - at < sizeof(length)) throw Error("expected a text, received the file's end");
    std::memcpy(&length, bytes.data() + at, sizeof(length));
    at += sizeof(length);
    if (bytes.size() - at < length) throw Error("expected a text, received the file's end");
    at += length;
  }
  return at;
}

/// The content of a group's files, one behind the other.
std::string content_of(const Config& group, const ModelFolder& folder,
                       std::set<std::string>& seen) {
  std::string bytes;
  for (const Config& item : group.at("paths").as_list()) {
    const std::string name = name_within(item.as_string());
    // One file named a million times would be that much memory.
    if (!seen.insert(name).second)
      throw Error(fmt::format("expected each file of weights once, received {} twice", name));
    const auto content = folder.read(name, largest_file);
    if (!content) {
      throw Error(
          fmt::format("expected the weights beside model.json in {}, and there is no such file: "
                      "put all files of "
                      "the model in one folder, and name that folder or model.json in it",
                      name));
    }
    bytes += *content;
  }
  return bytes;
}

/// Adds the weights of one group.
void read_group(const Config& group, std::string_view bytes, std::vector<StoredWeight>& weights) {
  uint64_t at = 0;
  for (const Config& weight : group.at("weights").as_list()) {
    const std::string& name = weight.at("name").as_string();
    with_context(fmt::format("weight \"{}\"", name), [&] {
      if (weight.at("dtype") == Config("string")) {
        at += text_bytes(weight.at("shape"), bytes.substr(at));
        return;
      }
      const Spec spec(weight);
      if (spec.bytes() > bytes.size() - at) {
        throw Error(
            fmt::format("expected {} bytes for shape {}, received {}: the file of weights "
                        "is cut off or belongs to another model",
                        spec.bytes(), spec.shape.to_string(), bytes.size() - at));
      }
      const Config* owner = weight.find("group");
      if (owner == nullptr || *owner != Config("optimizer"))
        weights.push_back({name, array_of(spec, bytes.substr(at, spec.bytes()))});
      at += spec.bytes();
    });
  }
}

}  // namespace

std::vector<StoredWeight> read_weights(const ModelFolder& folder) {
  const Config* manifest = folder.model().find("weightsManifest");
  if (manifest == nullptr)
    throw Error("expected model.json with a weightsManifest, which says where the weights are");
  std::vector<StoredWeight> weights;
  std::set<std::string> seen;
  for (const Config& group : manifest->as_list())
    read_group(group, content_of(group, folder, seen), weights);
  return weights;
}

}  // namespace thaw::tensorflow_js
