#include "thaw/recipe/climb_state.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/formats/safetensors/safetensors.h"
#include "thaw/recipe/sealed_file.h"

namespace thaw {
namespace {

constexpr const char* key = "thaw_climb";
constexpr int64_t version = 1;

std::string tensor_name(const std::string& entry, size_t number) {
  return fmt::format("{}/{}", entry, number);
}

}  // namespace

const ClimbState::Entry* ClimbState::find(const std::string& name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &found->second;
}

void ClimbState::forget_tensors(const std::string& prefix) {
  for (auto& [name, entry] : entries_)
    if (name.starts_with(prefix)) entry.tensors.clear();
}

void ClimbState::save(const std::filesystem::path& path) const {
  TensorFile file;
  Config::Map entries;
  for (const auto& [name, entry] : entries_) {
    Config row;
    row.set("numbers", entry.numbers).set("tensors", static_cast<int64_t>(entry.tensors.size()));
    entries.emplace_back(name, std::move(row));
    for (size_t i = 0; i < entry.tensors.size(); ++i)
      file.tensors.emplace_back(tensor_name(name, i), entry.tensors[i]);
  }
  Config config;
  config.set("version", version)
      .set("settings", settings)
      .set("lists", lists)
      .set("entries", std::move(entries));
  seal(file, key, std::move(config));
  save_safetensors(file, path);
}

ClimbState ClimbState::load(const std::filesystem::path& path) {
  const auto parse = [](TensorFile& file) {
    const Config config = sealed_config(file, key, "the state of thaw climb");
    if (config.at("version").as_integer() != version)
      throw Error(fmt::format("expected a state of version {}, received {}", version,
                              config.at("version").as_integer()));
    check_sealed_tensors(file, key, config);
    ClimbState state;
    state.settings = config.at("settings");
    state.lists = config.at("lists");
    std::map<std::string, Tensor> tensors;
    for (auto& [name, tensor] : file.tensors) tensors[name] = std::move(tensor);
    for (const auto& [name, row] : config.at("entries").as_map()) {
      Entry entry{.numbers = row.at("numbers")};
      for (int64_t i = 0; i < row.at("tensors").as_integer(); ++i) {
        const auto found = tensors.find(tensor_name(name, static_cast<size_t>(i)));
        if (found == tensors.end()) throw Error("there is no tensor " + tensor_name(name, i));
        entry.tensors.push_back(std::move(found->second));
      }
      state.add(name, std::move(entry));
    }
    return state;
  };
  try {
    TensorFile file = load_safetensors(path);
    return with_context(path.string(), [&] { return parse(file); });
  } catch (const Error& error) {
    throw Error(fmt::format("{}: start anew without --resume", error.what()));
  }
}

}  // namespace thaw
