#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace thaw::house {

/// What a check found, a line each: "src/thaw/core/a.h:3: what is wrong". Empty when all is well.
using Findings = std::vector<std::string>;

/// A tree of sources laid out as ours, and what its ARCHITECTURE.md says of it.
class House {
 public:
  explicit House(std::filesystem::path root);

  /// The table of ARCHITECTURE.md: folder under src/thaw/ -> folders that it may include.
  const std::map<std::string, std::set<std::string>>& table() const { return table_; }

  /// Every folder of src/thaw/ is in the table, and the table names no others.
  Findings folders_and_table_agree() const;
  /// Every path in backticks that ends in a slash is a folder: of the tree, of src/thaw/, or of one
  /// of its folders. Patterns (`<kind>s/`) and build folders are passed over.
  Findings named_folders_exist() const;
  /// What the table does not allow, no file includes.
  Findings includes_are_allowed() const;
  /// What the table allows, some file includes.
  Findings allowances_are_used() const;
  /// No folder may reach itself through others.
  Findings table_has_no_circle() const;
  /// A third-party header stands only in the folders that own it.
  Findings third_party_stays_with_its_owners() const;
  /// `public_headers` (paths below src/) show no third-party header and include only each other.
  Findings public_headers_are_closed(const std::set<std::string>& public_headers) const;
  /// A name of namespace thaw is defined as a class or enumeration in one header only.
  Findings definitions_are_single() const;
  Findings files_are_at_most(size_t lines) const;
  Findings functions_are_at_most(size_t lines) const;
  /// The words for work put off stand nowhere.
  Findings nothing_is_left_for_later() const;

 private:
  std::vector<std::filesystem::path> sources(const std::vector<std::string>& folders) const;
  std::string name_of(const std::filesystem::path& path) const;

  std::filesystem::path root_;
  std::map<std::string, std::set<std::string>> table_;
};

}  // namespace thaw::house
