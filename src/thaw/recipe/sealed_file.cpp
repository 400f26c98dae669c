#include "thaw/recipe/sealed_file.h"

#include <fmt/format.h>

#include <map>
#include <span>
#include <string_view>

#include "thaw/core/any_number.h"
#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"
#include "thaw/formats/json.h"

namespace thaw {
namespace {

constexpr const char* hashes_key = "tensor_hashes";

std::string hash_key(const std::string& key) { return key + "_hash"; }

/// The shape belongs to it: the same bytes in another shape are another tensor.
std::string tensor_hash(const Tensor& tensor) {
  return content_hash(std::as_bytes(tensor.values())) + " " + tensor.shape().to_string();
}

std::string text_hash(const std::string& text) {
  return content_hash(std::as_bytes(std::span(text)));
}

}  // namespace

void seal(TensorFile& file, const std::string& key, Config config) {
  Config::Map hashes;
  for (const auto& [name, tensor] : file.tensors) hashes.emplace_back(name, tensor_hash(tensor));
  config.set(hashes_key, std::move(hashes));
  std::string text = write_json(config);
  file.metadata[hash_key(key)] = text_hash(text);
  file.metadata[key] = std::move(text);
}

Config sealed_config(const TensorFile& file, const std::string& key, const std::string& what) {
  const auto text = file.metadata.find(key);
  if (text == file.metadata.end())
    throw Error(fmt::format("expected {}, received another .safetensors file", what));
  const auto hash = file.metadata.find(hash_key(key));
  if (hash != file.metadata.end() && hash->second != text_hash(text->second))
    throw Error("the file is damaged: what it says of the run is not what was written");
  return parse_json(text->second);
}

void check_sealed_tensors(const TensorFile& file, const std::string& key, const Config& config) {
  if (!file.metadata.contains(hash_key(key)))
    throw Error("the file is damaged: its checksum is missing");
  const Config& hashes = config.at(hashes_key);
  if (hashes.as_map().size() != file.tensors.size()) {
    throw Error(fmt::format("the file is damaged: expected {} tensors, received {}",
                            hashes.as_map().size(), file.tensors.size()));
  }
  std::map<std::string_view, const std::string*> expected;
  for (const auto& [name, hash] : hashes.as_map()) expected[name] = &hash.as_string();
  for (const auto& [name, tensor] : file.tensors) {
    const auto found = expected.find(name);
    if (found == expected.end() || *found->second != tensor_hash(tensor))
      throw Error(fmt::format("{}: the file is damaged: these are not the values written", name));
  }
}

Config logs_config(const Logs& logs) {
  Config result{Config::Map{}};
  for (const auto& [name, value] : logs) result.set(name, AnyNumber{value}.to_config());
  return result;
}

Logs logs_from(const Config& config) {
  Logs logs;
  for (const auto& [name, value] : config.as_map())
    logs.emplace_back(name, AnyNumber::from_config(value).value);
  return logs;
}

}  // namespace thaw
