#include "thaw/formats/safetensors/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/core/half.h"
#include "thaw/formats/json.h"

namespace thaw {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr uint64_t largest_header = uint64_t{100} << 20;
constexpr const char* metadata_key = "__metadata__";

Config shape_config(const Shape& shape) {
  Config result{Config::List{}};
  for (const int64_t size : shape.sizes()) result.append(size);
  return result;
}

/// The shape of `count` values; throws unless its sizes multiply up to just that.
Shape shape_of(const Config& config, uint64_t count) {
  std::vector<int64_t> sizes;
  uint64_t product = 1;
  for (const Config& item : config.as_list()) {
    const int64_t size = item.as_integer();
    if (size < 0 || (size > 0 && product > (uint64_t{1} << 40) / static_cast<uint64_t>(size)))
      throw Error("expected a shape, received " + config.to_string());
    product *= static_cast<uint64_t>(size);
    sizes.push_back(size);
  }
  if (product != count) {
    throw Error(fmt::format("expected {} values for shape {}, received {}", product,
                            config.to_string(), count));
  }
  return Shape(std::move(sizes));
}

struct DataType {
  std::string_view name;
  size_t bytes;
  float (*to_float)(uint16_t bits);  ///< of those of 2 bytes
};
constexpr auto data_types = std::to_array<DataType>(
    {{"F32", 4, nullptr}, {"F16", 2, &float_from_half}, {"BF16", 2, &float_from_bfloat16}});

void copy_values(const DataType& type, std::string_view bytes, std::span<float> values) {
  if (type.to_float == nullptr) {
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    uint16_t bits = 0;
    std::memcpy(&bits, bytes.data() + i * sizeof bits, sizeof bits);
    values[i] = type.to_float(bits);
  }
}

/// `left`: how many of the bytes no tensor has had yet.
Tensor read_tensor(const Config& entry, std::string_view data, size_t& left) {
  const std::string& name = entry.at("dtype").as_string();
  const auto type = std::ranges::find(data_types, name, &DataType::name);
  if (type == data_types.end())
    throw Error("expected data type F32, F16 or BF16, received " + name);
  const auto& offsets = entry.at("data_offsets").as_list();
  if (offsets.size() != 2) throw Error("expected two data_offsets");
  const int64_t begin = offsets[0].as_integer();
  const int64_t end = offsets[1].as_integer();
  if (begin < 0 || end < begin || static_cast<uint64_t>(end) > data.size()) {
    throw Error(fmt::format("expected data within {} bytes, received bytes {} to {}", data.size(),
                            begin, end));
  }
  const auto bytes = static_cast<size_t>(end - begin);
  if (bytes > left)
    throw Error("expected data of its own for each tensor, received some that overlap");
  left -= bytes;
  if (bytes % type->bytes != 0) throw Error(fmt::format("{} bytes are no {}", bytes, name));
  Tensor result(shape_of(entry.at("shape"), bytes / type->bytes));
  copy_values(*type, data.substr(static_cast<size_t>(begin), bytes), result.values());
  return result;
}

std::vector<uint16_t> halves_of(const Tensor& tensor) {
  std::vector<uint16_t> halves;
  for (const float value : tensor.values()) {
    if (std::isfinite(value) && std::abs(value) > largest_half)
      throw Error(fmt::format("expected values of at most {}, the largest half float, received {}",
                              largest_half, value));
    halves.push_back(half_from_float(value));
  }
  return halves;
}

}  // namespace

bool is_safetensors(std::string_view start) {
  // No header is as long as 2^56 bytes.
  return start.size() >= 9 && start[7] == '\0' && start[8] == '{';
}

TensorFile read_safetensors(std::string_view content) {
  uint64_t header_size = 0;
  if (content.size() < sizeof header_size)
    throw Error("expected a .safetensors file, received a shorter one");
  std::memcpy(&header_size, content.data(), sizeof header_size);
  content.remove_prefix(sizeof header_size);
  if (header_size > largest_header || header_size > content.size())
    throw Error("expected a .safetensors file, received something else or a part of one");
  const Config header = parse_json(content.substr(0, header_size));
  const std::string_view data = content.substr(header_size);
  size_t left = data.size();
  TensorFile result;
  for (const auto& [name, entry] : header.as_map()) {
    if (name == metadata_key) {
      for (const auto& [key, value] : entry.as_map()) result.metadata[key] = value.as_string();
    } else {
      result.tensors.emplace_back(
          name, with_context(name, [&, &e = entry] { return read_tensor(e, data, left); }));
    }
  }
  return result;
}

TensorFile load_safetensors(const std::filesystem::path& path) {
  const std::string content = read_file(path);
  return with_context(path.string(), [&] { return read_safetensors(content); });
}

void save_safetensors(const TensorFile& content, const std::filesystem::path& path,
                      TensorPrecision precision) {
  const bool is_half = precision == TensorPrecision::float16;
  const size_t bytes_of_one = is_half ? sizeof(uint16_t) : sizeof(float);
  Config header{Config::Map{}};
  Config metadata{Config::Map{}};
  for (const auto& [key, value] : content.metadata) metadata.set(key, value);
  header.set(metadata_key, std::move(metadata));
  int64_t offset = 0;
  for (const auto& [name, tensor] : content.tensors) {
    const int64_t end = offset + tensor.elements() * static_cast<int64_t>(bytes_of_one);
    Config entry;
    entry.set("dtype", is_half ? "F16" : "F32").set("shape", shape_config(tensor.shape()));
    entry.set("data_offsets", Config::List{offset, end});
    header.set(name, std::move(entry));
    offset = end;
  }
  std::string text = write_json(header);
  text.resize((text.size() + 7) / 8 * 8, ' ');  // values begin at a multiple of 8 bytes
  const uint64_t size = text.size();
  AtomicFile file(path);
  std::ofstream stream(file.temporary_path(), std::ios::binary);
  stream.write(reinterpret_cast<const char*>(&size), sizeof size);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  for (const auto& [name, tensor] : content.tensors) {
    const std::vector<uint16_t> halves =
        is_half ? with_context(name, [&, &t = tensor] { return halves_of(t); })
                : std::vector<uint16_t>();
    const auto* bytes = is_half ? reinterpret_cast<const char*>(halves.data())
                                : reinterpret_cast<const char*>(tensor.data());
    stream.write(bytes, static_cast<std::streamsize>(tensor.values().size() * bytes_of_one));
  }
  stream.close();
  if (!stream) throw Error(path.string() + ": writing failed; is the disk full?");
  file.commit();
}

}  // namespace thaw
