#include "thaw/formats/keras/hdf5/file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "thaw/core/error.h"
#include "thaw/formats/keras/hdf5/numbers.h"
#include "thaw/formats/keras/hdf5/values.h"

namespace thaw::keras {
namespace {

std::string shown(const std::string& path) { return path.empty() ? "/" : path; }

std::vector<std::string> parts(const std::string& path) {
  std::vector<std::string> result;
  size_t start = 0;
  while (start < path.size()) {
    const size_t end = std::min(path.find('/', start), path.size());
    if (end > start) result.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return result;
}

std::string first_parts(const std::vector<std::string>& all, size_t count) {
  return fmt::format("{}",
                     fmt::join(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), "/"));
}

}  // namespace

struct Hdf5File::State {
  template <typename From>
  explicit State(From from) : source(std::move(from)), root(hdf5::read_root(source)) {}

  const hdf5::Links& read_members(uint64_t group) {
    auto found = links.find(group);
    if (found == links.end()) {
      const auto object = hdf5::read_object(source, group);
      found = links.emplace(group, hdf5::read_links(source, object)).first;
    }
    return found->second;
  }

  /// The address of the object at `path`; nullopt when there is none. Throws Error for a link.
  std::optional<uint64_t> find(const std::string& path) {
    if (const auto found = follow(root, parts(path))) return found;
    note_joined_names();
    std::vector<std::string> remaining = parts(path);
    for (size_t count = joined.empty() ? 0 : remaining.size(); count > 0; --count) {
      const auto found = joined.find(first_parts(remaining, count));
      if (found == joined.end()) continue;
      remaining.erase(remaining.begin(), remaining.begin() + static_cast<std::ptrdiff_t>(count));
      return follow(found->second, remaining);
    }
    return std::nullopt;
  }

  std::optional<uint64_t> follow(uint64_t address, const std::vector<std::string>& way) {
    for (const std::string& part : way) {
      const hdf5::Links& members = read_members(address);
      const auto found = members.find(part);
      if (found == members.end()) return std::nullopt;
      // Soft and external links can point anywhere, even into another file; Keras writes neither.
      if (!found->second.is_hard)
        throw Error(fmt::format("expected data at \"{}\", received a link to elsewhere",
                                first_parts(way, way.size())));
      address = found->second.address;
    }
    return address;
  }

  hdf5::Object open(const std::string& path) {
    const auto address = find(path);
    if (!address) throw Error(fmt::format("expected \"{}\", which the file has not", path));
    return hdf5::read_object(source, *address);
  }

  hdf5::Object open_dataset(const std::string& path) {
    hdf5::Object object = open(path);
    if (!object.is_dataset())
      throw Error(fmt::format("expected numbers at \"{}\", received a group", path));
    return object;
  }

  /// tf.keras on Windows joins the names of groups by backslashes into one: "layers\\dense".
  void note_joined_names() {
    if (std::exchange(joined_are_known, true)) return;
    for (const auto& [name, link] : read_members(root)) {
      if (name.find('\\') == std::string::npos || !link.is_hard) continue;
      std::string path = name;
      std::ranges::replace(path, '\\', '/');
      joined.emplace(path, link.address);
      for (size_t end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1))
        implied.insert(path.substr(0, end));
    }
  }

  hdf5::Source source;
  uint64_t root;
  bool joined_are_known = false;
  std::map<std::string, uint64_t> joined;  // groups of joined names, under their paths
  std::set<std::string> implied;           // groups that only those names speak of
  std::map<uint64_t, hdf5::Links> links;   // of the groups that were read
};

Hdf5File::Hdf5File(std::unique_ptr<State> state) : state_(std::move(state)) {}
Hdf5File::~Hdf5File() = default;
Hdf5File::Hdf5File(Hdf5File&&) noexcept = default;

Hdf5File Hdf5File::open(const std::filesystem::path& path) {
  return Hdf5File(std::make_unique<State>(path));
}

Hdf5File Hdf5File::open_bytes(std::string bytes) {
  return Hdf5File(std::make_unique<State>(std::move(bytes)));
}

bool Hdf5File::is_group(const std::string& path) const {
  const auto address = state_->find(path);
  if (!address) return state_->implied.contains(path);
  return hdf5::read_object(state_->source, *address).is_group();
}

bool Hdf5File::is_dataset(const std::string& path) const {
  const auto address = state_->find(path);
  return address && hdf5::read_object(state_->source, *address).is_dataset();
}

std::vector<std::string> Hdf5File::children(const std::string& group) const {
  if (!is_group(group)) throw Error(fmt::format("expected a group at \"{}\"", shown(group)));
  std::set<std::string> names;
  state_->note_joined_names();
  if (const auto address = state_->find(group)) {
    for (const auto& [name, link] : state_->read_members(*address))
      if (name.find('\\') == std::string::npos) names.insert(name);
  }
  const std::string start = group.empty() ? "" : group + "/";
  for (const auto& [path, address] : state_->joined) {
    if (path.starts_with(start))
      names.insert(path.substr(start.size(), path.find('/', start.size()) - start.size()));
  }
  return {names.begin(), names.end()};
}

std::optional<std::vector<std::string>> Hdf5File::strings(const std::string& path,
                                                          const std::string& name) const {
  const hdf5::Object object = state_->open(path);
  return with_context(fmt::format("attribute \"{}\" of \"{}\"", name, shown(path)),
                      [&]() -> std::optional<std::vector<std::string>> {
                        const auto attribute = hdf5::find_attribute(object, name);
                        if (!attribute) return std::nullopt;
                        return hdf5::read_strings(state_->source, *attribute);
                      });
}

std::optional<std::string> Hdf5File::text_attribute(const std::string& path,
                                                    const std::string& name) const {
  auto found = strings(path, name);
  if (!found || found->empty()) return std::nullopt;
  return std::move(found->front());
}

std::optional<std::vector<std::string>> Hdf5File::list_attribute(const std::string& path,
                                                                 const std::string& name) const {
  if (auto whole = strings(path, name)) return whole;
  std::optional<std::vector<std::string>> joined;
  for (int chunk = 0;; ++chunk) {
    const auto part = strings(path, fmt::format("{}{}", name, chunk));
    if (!part) return joined;
    if (!joined) joined.emplace();
    joined->insert(joined->end(), part->begin(), part->end());
  }
}

Shape Hdf5File::dataset_shape(const std::string& path) const {
  const hdf5::Object dataset = state_->open_dataset(path);
  return with_context(fmt::format("\"{}\"", path), [&] { return hdf5::shape_of(dataset); });
}

Tensor Hdf5File::read_dataset(const std::string& path) const {
  const hdf5::Object dataset = state_->open_dataset(path);
  return with_context(fmt::format("\"{}\"", path),
                      [&] { return hdf5::read_numbers(state_->source, dataset); });
}

int64_t Hdf5File::read_integer(const std::string& path) const {
  const hdf5::Object dataset = state_->open_dataset(path);
  return with_context(fmt::format("\"{}\"", path),
                      [&] { return hdf5::read_integer(state_->source, dataset); });
}

}  // namespace thaw::keras
