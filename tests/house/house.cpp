#include "house/house.h"

#include <algorithm>
#include <regex>
#include <sstream>

#include "house/text.h"

namespace thaw::house {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> everywhere = {"src", "tests", "examples", "benchmarks", "tools"};

std::string first_folder(const std::string& path) { return path.substr(0, path.find('/')); }

struct Owner {
  std::string prefix;                ///< of what stands between < and >
  std::vector<std::string> folders;  ///< under src/thaw/, where it may stand
};

const std::vector<Owner>& owners() {
  static const std::vector<Owner> table = {
      {"dnnl", {"runtime/cpu/"}},
      {"oneapi/", {"runtime/cpu/"}},
      {"omp.h", {"runtime/cpu/"}},
      {"hdf5", {"formats/keras/"}},
      {"H5", {"formats/keras/"}},
      {"zip", {"formats/keras/"}},
      {"zlib", {"formats/keras/", "data/idx_file.cpp"}},
      {"archive.h", {"formats/archive_reader.cpp"}},
      {"archive_entry", {"formats/archive_reader.cpp"}},
      {"google/protobuf", {"formats/onnx/", "formats/tensorflow/"}},
      {"flatbuffers/", {"formats/tflite/"}},
      {"snappy", {"formats/tensorflow/"}},
      {"nlohmann/", {"formats/"}},
      {"jpeglib", {"data/codecs/"}},
      {"turbojpeg", {"data/codecs/"}},
      {"png", {"data/codecs/"}},
      {"webp/", {"data/codecs/"}},
      {"gif_lib", {"data/codecs/"}},
      {"stb", {"data/codecs/"}},
      {"libheif/", {"data/codecs/"}},
      {"tiff", {"data/codecs/"}},
      {"Eigen/", {"heads/"}},
      {"curl/", {"download/"}},
      {"openssl/", {"download/"}},
      {"CLI/", {"app/command_line.cpp"}},
      {"utf8proc", {"core/"}},
      {"fmt/", {""}},
  };
  return table;
}

const Owner* owner_of(const std::string& include) {
  for (const Owner& owner : owners()) {
    if (include.starts_with(owner.prefix)) return &owner;
  }
  return nullptr;
}

std::map<std::string, std::set<std::string>> read_table(const fs::path& page) {
  std::map<std::string, std::set<std::string>> result;
  for (const std::string& line : lines_of(page)) {
    if (!line.starts_with("| `") || line.find("/` |") == std::string::npos) continue;
    std::vector<std::string> cells;
    std::stringstream row(line.substr(1));
    for (std::string cell; std::getline(row, cell, '|');) cells.push_back(cell);
    if (cells.size() < 3) continue;
    const auto begin = cells[0].find('`') + 1;
    auto& allowed = result[cells[0].substr(begin, cells[0].find('/') - begin)];
    std::stringstream words(cells.back());
    for (std::string word; words >> word;) {
      if (word != "–") allowed.insert(word);
    }
  }
  return result;
}

bool is_source(const fs::path& path) {
  static const std::set<std::string> endings = {".h", ".cpp", ".py"};
  return endings.contains(path.extension().string());
}

/// "thaw::Shape" of a type that other files could see; empty for one within a function or an
/// unnamed namespace.
std::string visible_type(const std::vector<Block>& blocks, const Block& block) {
  std::string name = defined_type(block.head);
  if (name.empty()) return "";
  for (auto outer = block.enclosing.rbegin(); outer != block.enclosing.rend(); ++outer) {
    const std::string& head = blocks[*outer].head;
    const std::string type = defined_type(head);
    if (type.empty() && (!head.starts_with("namespace ") || head == "namespace")) return "";
    name.insert(0, (type.empty() ? head.substr(10) : type) + "::");
  }
  return name;
}

}  // namespace

House::House(fs::path root)
    : root_(std::move(root)), table_(read_table(root_ / "ARCHITECTURE.md")) {}

std::vector<fs::path> House::sources(const std::vector<std::string>& folders) const {
  std::vector<fs::path> result;
  for (const std::string& folder : folders) {
    if (!fs::exists(root_ / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root_ / folder)) {
      if (entry.is_regular_file() && is_source(entry.path())) result.push_back(entry.path());
    }
  }
  std::ranges::sort(result);
  return result;
}

std::string House::name_of(const fs::path& path) const {
  return fs::relative(path, root_).generic_string();
}

Findings House::folders_and_table_agree() const {
  Findings findings;
  for (const auto& [folder, allowed] : table_) {
    if (!fs::is_directory(root_ / "src/thaw" / folder))
      findings.push_back("ARCHITECTURE.md: expected a folder src/thaw/" + folder + ", found none");
    for (const std::string& other : allowed) {
      if (!table_.contains(other))
        findings.push_back("ARCHITECTURE.md: " + folder + "/ may include unknown " + other);
    }
  }
  for (const auto& entry : fs::directory_iterator(root_ / "src/thaw")) {
    const std::string folder = entry.path().filename().string();
    if (entry.is_directory() && !table_.contains(folder))
      findings.push_back("src/thaw/" + folder + ": not in the table of ARCHITECTURE.md");
  }
  return findings;
}

Findings House::named_folders_exist() const {
  static const std::regex form("`([A-Za-z_./]+/)`");
  std::vector<fs::path> bases = {root_, root_ / "src", root_ / "src/thaw", root_ / "tests"};
  for (const auto& entry : fs::directory_iterator(root_ / "src/thaw")) bases.push_back(entry);
  Findings findings;
  for (const std::string& line : lines_of(root_ / "ARCHITECTURE.md")) {
    for (std::sregex_iterator match(line.begin(), line.end(), form), end; match != end; ++match) {
      const std::string folder = (*match)[1];
      if (std::ranges::none_of(
              bases, [&](const fs::path& base) { return fs::is_directory(base / folder); }))
        findings.push_back("ARCHITECTURE.md: names the folder " + folder + ", which is nowhere");
    }
  }
  return findings;
}

Findings House::includes_are_allowed() const {
  Findings findings;
  for (const fs::path& path : sources({"src/thaw"})) {
    const std::string folder = first_folder(fs::relative(path, root_ / "src/thaw").string());
    if (!table_.contains(folder)) continue;
    for (const auto& [name, line] : includes_of(path)) {
      // What lies in src/thaw/ itself (version.h) is everybody's; thaw.h, which has all, nobody's.
      if (!name.starts_with("thaw/") || name == "thaw/version.h") continue;
      const std::string other = first_folder(name.substr(5));
      if (other != folder && !table_.at(folder).contains(other))
        findings.push_back(name_of(path) + ":" + std::to_string(line) + ": " + folder +
                           "/ may not include " + name);
    }
  }
  return findings;
}

Findings House::allowances_are_used() const {
  auto unused = table_;
  for (const fs::path& path : sources({"src/thaw"})) {
    const std::string folder = first_folder(fs::relative(path, root_ / "src/thaw").string());
    for (const auto& [name, line] : includes_of(path)) {
      if (name.starts_with("thaw/")) unused[folder].erase(first_folder(name.substr(5)));
    }
  }
  Findings findings;
  for (const auto& [folder, others] : unused) {
    for (const std::string& other : others)
      findings.push_back("ARCHITECTURE.md: " + folder + "/ may include " + other +
                         ", and nothing in it does");
  }
  return findings;
}

Findings House::table_has_no_circle() const {
  auto table = table_;
  while (!table.empty()) {
    const auto free = std::ranges::find_if(table, [&](const auto& row) {
      return std::ranges::none_of(row.second, [&](const auto& other) {
        return other != row.first && table.contains(other);
      });
    });
    if (free == table.end())
      return {"ARCHITECTURE.md: a circle goes through " + table.begin()->first};
    table.erase(free);
  }
  return {};
}

Findings House::third_party_stays_with_its_owners() const {
  Findings findings;
  for (const fs::path& path : sources({"src/thaw"})) {
    const std::string inside = fs::relative(path, root_ / "src/thaw").generic_string();
    for (const auto& [name, line] : includes_of(path)) {
      const Owner* owner = owner_of(name);
      if (owner == nullptr) continue;
      if (std::ranges::none_of(owner->folders,
                               [&](const auto& folder) { return inside.starts_with(folder); }))
        findings.push_back(name_of(path) + ":" + std::to_string(line) + ": <" + name +
                           "> belongs in " + owner->folders.front());
    }
  }
  return findings;
}

Findings House::public_headers_are_closed(const std::set<std::string>& public_headers) const {
  Findings findings;
  for (const std::string& header : public_headers) {
    for (const auto& [name, line] : includes_of(root_ / "src" / header)) {
      const std::string where = "src/" + header + ":" + std::to_string(line) + ": ";
      if (owner_of(name) != nullptr) findings.push_back(where + "a public header shows " + name);
      if (name.starts_with("thaw/") && !public_headers.contains(name))
        findings.push_back(where + "a public header includes " + name + ", which is none");
    }
  }
  return findings;
}

Findings House::definitions_are_single() const {
  std::map<std::string, std::string> seen;
  Findings findings;
  for (const fs::path& path : sources({"src/thaw"})) {
    if (path.extension() == ".py") continue;
    const std::vector<Block> blocks = blocks_of(path);
    for (const Block& block : blocks) {
      const std::string type = visible_type(blocks, block);
      if (type.empty()) continue;
      const std::string where = name_of(path) + ":" + std::to_string(block.first_line);
      const auto [first, added] = seen.try_emplace(type, where);
      if (!added)
        findings.push_back(where + ": " + type + " is defined in " + first->second + " too");
    }
  }
  return findings;
}

Findings House::files_are_at_most(size_t lines) const {
  Findings findings;
  for (const fs::path& path : sources(everywhere)) {
    const size_t count = lines_of(path).size();
    if (count > lines)
      findings.push_back(name_of(path) + ": expected at most " + std::to_string(lines) +
                         " lines, received " + std::to_string(count));
  }
  return findings;
}

Findings House::functions_are_at_most(size_t lines) const {
  Findings findings;
  for (const fs::path& path : sources(everywhere)) {
    if (path.extension() == ".py") continue;
    for (const Block& block : blocks_of(path)) {
      const size_t count = block.last_line - block.first_line + 1;
      if (is_function(block.head) && count > lines)
        findings.push_back(name_of(path) + ":" + std::to_string(block.first_line) +
                           ": expected a function of at most " + std::to_string(lines) +
                           " lines, received " + std::to_string(count));
    }
  }
  return findings;
}

Findings House::nothing_is_left_for_later() const {
  const std::vector<std::string> marks = {std::string("TO") + "DO", std::string("FIX") + "ME"};
  Findings findings;
  for (const fs::path& path : sources(everywhere)) {
    size_t number = 0;
    for (const std::string& line : lines_of(path)) {
      ++number;
      for (const std::string& mark : marks) {
        if (line.find(mark) != std::string::npos)
          findings.push_back(name_of(path) + ":" + std::to_string(number) + ": " + mark);
      }
    }
  }
  return findings;
}

}  // namespace thaw::house
