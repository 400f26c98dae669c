#include "thaw/formats/notes_beside.h"

#include <fmt/format.h>

#include <map>
#include <span>

#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/json.h"

namespace thaw {
namespace {

constexpr size_t most_bytes = size_t{1} << 20;

namespace fs = std::filesystem;

std::string hash_of_file(const fs::path& file) {
  const std::string content = read_file(file);
  return content_hash(std::as_bytes(std::span(content)));
}

/// Of a folder: of all files below it, by their names. Throws Error for one of very many.
std::string hash_of(const fs::path& model) {
  std::error_code error;
  if (!fs::is_directory(model, error)) return hash_of_file(model);
  std::map<std::string, std::string> hashes;
  for (fs::recursive_directory_iterator entry(model, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->is_regular_file(error)) continue;
    constexpr size_t most_files = 10'000;
    if (hashes.size() == most_files)
      throw Error(fmt::format("{}: expected at most {} files of a model, received more",
                              model.string(), most_files));
    hashes[fs::relative(entry->path(), model, error).generic_string()] =
        hash_of_file(entry->path());
  }
  std::string all;
  for (const auto& [name, hash] : hashes) all += name + "\n" + hash + "\n";
  return content_hash(std::as_bytes(std::span(all)));
}

}  // namespace

std::filesystem::path notes_beside(const std::filesystem::path& model) {
  // "folder/" is the folder.
  const fs::path named = model.has_filename() ? model : model.parent_path();
  return named.string() + ".thaw.json";
}

void keep_beside(const std::filesystem::path& model, const Config& notes) {
  const Config kept = with_notes(notes, read_beside(model));
  write_file(notes_beside(model),
             write_json(Config(Config::Map{}).set("model", hash_of(model)).set("notes", kept)));
}

Config read_beside(const std::filesystem::path& model) {
  const std::filesystem::path file = notes_beside(model);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) return Config::Map{};
  return with_context(file.string(), [&]() -> Config {
    const Config content = parse_json(read_file(file, most_bytes));
    if (content.at("model") != Config(hash_of(model))) return Config::Map{};
    (void)content.at("notes").as_map();
    return content.at("notes");
  });
}

Config with_notes(Config into, const Config& notes) {
  for (const auto& [key, value] : notes.as_map()) {
    const Config* own = into.find(key);
    if (own == nullptr) {
      into.set(key, value);
    } else if (own->is_map() && value.is_map()) {
      into.set(key, with_notes(*own, value));
    }
  }
  return into;
}

}  // namespace thaw
