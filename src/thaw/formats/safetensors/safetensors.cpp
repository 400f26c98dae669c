#include "thaw/formats/safetensors/safetensors.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <fstream>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
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

Tensor read_tensor(const Config& entry, std::string_view data) {
  if (const std::string& type = entry.at("dtype").as_string(); type != "F32")
    throw Error("expected data type F32, received " + type);
  const auto& offsets = entry.at("data_offsets").as_list();
  if (offsets.size() != 2) throw Error("expected two data_offsets");
  const int64_t begin = offsets[0].as_integer();
  const int64_t end = offsets[1].as_integer();
  if (begin < 0 || end < begin || static_cast<uint64_t>(end) > data.size()) {
    throw Error(fmt::format("expected data within {} bytes, received bytes {} to {}", data.size(),
                            begin, end));
  }
  const auto bytes = static_cast<size_t>(end - begin);
  if (bytes % sizeof(float) != 0) throw Error(fmt::format("{} bytes are no floats", bytes));
  Tensor result(shape_of(entry.at("shape"), bytes / sizeof(float)));
  std::memcpy(result.data(), data.data() + begin, bytes);
  return result;
}

TensorFile parse(std::string_view content) {
  uint64_t header_size = 0;
  if (content.size() < sizeof header_size)
    throw Error("expected a .safetensors file, received a shorter one");
  std::memcpy(&header_size, content.data(), sizeof header_size);
  content.remove_prefix(sizeof header_size);
  if (header_size > largest_header || header_size > content.size())
    throw Error("expected a .safetensors file, received something else or a part of one");
  const Config header = parse_json(content.substr(0, header_size));
  const std::string_view data = content.substr(header_size);
  TensorFile result;
  for (const auto& [name, entry] : header.as_map()) {
    if (name == metadata_key) {
      for (const auto& [key, value] : entry.as_map()) result.metadata[key] = value.as_string();
    } else {
      result.tensors.emplace_back(
          name, with_context(name, [&, &e = entry] { return read_tensor(e, data); }));
    }
  }
  return result;
}

}  // namespace

TensorFile load_safetensors(const std::filesystem::path& path) {
  const std::string content = read_file(path);
  return with_context(path.string(), [&] { return parse(content); });
}

void save_safetensors(const TensorFile& content, const std::filesystem::path& path) {
  Config header{Config::Map{}};
  Config metadata{Config::Map{}};
  for (const auto& [key, value] : content.metadata) metadata.set(key, value);
  header.set(metadata_key, std::move(metadata));
  int64_t offset = 0;
  for (const auto& [name, tensor] : content.tensors) {
    const int64_t end = offset + tensor.elements() * static_cast<int64_t>(sizeof(float));
    Config entry;
    entry.set("dtype", "F32").set("shape", shape_config(tensor.shape()));
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
    stream.write(reinterpret_cast<const char*>(tensor.data()),
                 static_cast<std::streamsize>(tensor.values().size_bytes()));
  }
  stream.close();
  if (!stream) throw Error(path.string() + ": writing failed; is the disk full?");
  file.commit();
}

}  // namespace thaw
