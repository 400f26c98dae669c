// The rules of ARCHITECTURE.md that a machine can check.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path root = THAW_SOURCE_FOLDER;

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream stream(path);
  EXPECT_TRUE(stream.is_open()) << path;
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<fs::path> sources(const std::vector<std::string>& folders) {
  const std::set<std::string> endings = {".h", ".cpp", ".py"};
  std::vector<fs::path> result;
  for (const std::string& folder : folders) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file() && endings.contains(entry.path().extension().string()))
        result.push_back(entry.path());
    }
  }
  std::ranges::sort(result);
  return result;
}

/// "graph/layers/dense.h": a file's path under src/thaw/.
std::string inside(const fs::path& path) {
  return fs::relative(path, root / "src/thaw").generic_string();
}

std::string first_folder(const std::string& path) { return path.substr(0, path.find('/')); }

struct Include {
  std::string name;
  std::string where;
};

std::vector<Include> includes_of(const fs::path& path) {
  std::vector<Include> result;
  int number = 0;
  for (const std::string& line : lines_of(path)) {
    ++number;
    const auto hash = line.find_first_not_of(' ');
    if (hash == std::string::npos || line.compare(hash, 8, "#include") != 0) continue;
    const auto begin = line.find_first_of("<\"");
    if (begin == std::string::npos) continue;
    const auto end = line.find_first_of(">\"", begin + 1);
    result.push_back({line.substr(begin + 1, end - begin - 1),
                      fs::relative(path, root).generic_string() + ":" + std::to_string(number)});
  }
  return result;
}

/// The table of ARCHITECTURE.md: folder -> folders it may include.
std::map<std::string, std::set<std::string>> architecture() {
  std::map<std::string, std::set<std::string>> result;
  for (const std::string& line : lines_of(root / "ARCHITECTURE.md")) {
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
      {"zlib", {"formats/keras/"}},
      {"nlohmann/", {"formats/", "app/"}},
      {"jpeglib", {"data/codecs/"}},
      {"turbojpeg", {"data/codecs/"}},
      {"png", {"data/codecs/"}},
      {"webp/", {"data/codecs/"}},
      {"gif_lib", {"data/codecs/"}},
      {"stb", {"data/codecs/"}},
      {"curl/", {"download/"}},
      {"openssl/", {"download/"}},
      {"CLI/", {"app/"}},
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

TEST(House, every_folder_is_in_the_table_of_architecture_md) {
  const auto table = architecture();
  ASSERT_GE(table.size(), 10U) << "the table was not found";
  for (const auto& [folder, allowed] : table) {
    for (const std::string& other : allowed)
      EXPECT_TRUE(table.contains(other)) << folder << "/ may include unknown " << other;
  }
  for (const auto& entry : fs::directory_iterator(root / "src/thaw")) {
    if (!entry.is_directory()) continue;
    EXPECT_TRUE(table.contains(entry.path().filename().string())) << entry.path();
  }
}

TEST(House, folders_include_only_what_the_table_allows) {
  const auto table = architecture();
  int seen = 0;
  for (const fs::path& path : sources({"src/thaw"})) {
    const std::string folder = first_folder(inside(path));
    if (!table.contains(folder)) continue;
    for (const auto& [name, where] : includes_of(path)) {
      if (!name.starts_with("thaw/") || name == "thaw/version.h") continue;
      ++seen;
      const std::string other = first_folder(name.substr(5));
      EXPECT_TRUE(other == folder || table.at(folder).contains(other))
          << where << ": " << folder << "/ may not include " << name;
    }
  }
  EXPECT_GT(seen, 50);
}

TEST(House, the_table_has_no_circle) {
  auto table = architecture();
  while (!table.empty()) {
    const auto free = std::ranges::find_if(table, [&](const auto& row) {
      return std::ranges::none_of(row.second, [&](const auto& other) {
        return other != row.first && table.contains(other);
      });
    });
    ASSERT_NE(free, table.end()) << "a circle goes through " << table.begin()->first;
    table.erase(free);
  }
}

TEST(House, third_party_headers_stay_with_their_owners) {
  for (const fs::path& path : sources({"src/thaw"})) {
    for (const auto& [name, where] : includes_of(path)) {
      const Owner* owner = owner_of(name);
      if (owner == nullptr) continue;
      EXPECT_TRUE(std::ranges::any_of(
          owner->folders,
          [&](const std::string& folder) { return inside(path).starts_with(folder); }))
          << where << ": <" << name << "> belongs in " << owner->folders.front();
    }
  }
}

TEST(House, public_headers_need_no_third_party_header) {
  // A header that shows one, itself or through another, is its folder's own affair.
  std::set<std::string> internal;
  for (size_t before = 1; before != internal.size();) {
    before = internal.size();
    for (const fs::path& path : sources({"src/thaw"})) {
      if (path.extension() != ".h") continue;
      for (const auto& [name, where] : includes_of(path)) {
        if (owner_of(name) != nullptr || internal.contains(name))
          internal.insert("thaw/" + inside(path));
      }
    }
  }
  for (const fs::path& path : sources({"src/thaw"})) {
    for (const auto& [name, where] : includes_of(path)) {
      if (!internal.contains(name)) continue;
      EXPECT_EQ(first_folder(name.substr(5)), first_folder(inside(path)))
          << where << ": " << name << " shows a third-party header";
    }
  }
}

TEST(House, no_file_is_past_400_lines) {
  for (const fs::path& path : sources({"src", "tests", "examples", "benchmarks", "tools"}))
    EXPECT_LE(lines_of(path).size(), 400U) << path;
}

TEST(House, nothing_is_left_for_later) {
  const std::vector<std::string> marks = {std::string("TO") + "DO", std::string("FIX") + "ME"};
  for (const fs::path& path : sources({"src", "tests", "examples", "benchmarks", "tools"})) {
    int number = 0;
    for (const std::string& line : lines_of(path)) {
      ++number;
      for (const std::string& mark : marks) {
        EXPECT_EQ(line.find(mark), std::string::npos) << path << ":" << number << ": " << mark;
      }
    }
  }
}

}  // namespace
