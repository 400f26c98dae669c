#include "thaw/train/appended_file.h"

#include <fstream>

#include "thaw/core/error.h"

namespace thaw {

void AppendedFile::begin(bool keeps) {
  bytes_.reset();
  keeps_ = keeps;
}

bool AppendedFile::is_at_begin() {
  std::error_code none;
  const auto size = std::filesystem::file_size(path_, none);
  const int64_t there = none ? 0 : static_cast<int64_t>(size);
  const int64_t kept = bytes_ ? *bytes_ : keeps_ ? there : 0;
  // Of a file that someone made shorter nothing is left to go on with.
  const int64_t start = kept <= there ? kept : 0;
  if (start < there) std::filesystem::resize_file(path_, static_cast<uintmax_t>(start));
  bytes_ = start;
  return start == 0;
}

void AppendedFile::append(std::string_view piece) {
  is_at_begin();
  std::error_code ignored;
  if (path_.has_parent_path()) std::filesystem::create_directories(path_.parent_path(), ignored);
  std::ofstream file(path_, std::ios::binary | std::ios::app);
  file << piece << std::flush;
  if (!file) throw Error(path_.string() + ": cannot be written");
  *bytes_ += static_cast<int64_t>(piece.size());
}

}  // namespace thaw
