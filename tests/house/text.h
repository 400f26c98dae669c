#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace thaw::house {

/// A file's lines; throws when it cannot be read.
std::vector<std::string> lines_of(const std::filesystem::path& path);

struct Include {
  std::string name;  ///< what stands between < and > or quotes
  size_t line = 0;   ///< from 1
};
std::vector<Include> includes_of(const std::filesystem::path& path);

/// A brace pair of C++ source and what stood before it since the last `;`, `{` or `}`.
struct Block {
  std::string head;               ///< "struct Shape", "int f(int x)", "namespace thaw"
  size_t first_line = 0;          ///< of the opening brace, from 1
  size_t last_line = 0;           ///< of the closing one
  std::vector<size_t> enclosing;  ///< blocks around it, outermost first
};

/// All blocks in the order of their opening braces. Comments, strings, characters and lines of the
/// preprocessor are passed over. No parser: enough for code that clang-format has laid out.
std::vector<Block> blocks_of(const std::filesystem::path& path);

/// The last identifier of a class's or enumeration's head: "Shape"; empty when it is neither.
std::string defined_type(const std::string& head);
/// Whether the head is a function's or a lambda's, and not a namespace's, type's or initializer's.
bool is_function(const std::string& head);

}  // namespace thaw::house
