#include "thaw/formats/tensorflow/file_set.h"

#include <fmt/format.h>

#include <fstream>
#include <map>

#include "thaw/core/error.h"
#include "thaw/formats/tensorflow/archive_files.h"

namespace thaw::tensorflow {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view graph_file = "saved_model.pb";

[[noreturn]] void refuse_bytes(const std::string& name, uint64_t offset, uint64_t count,
                               uint64_t size) {
  throw Error(fmt::format("{}: expected bytes {} to {}, received a file of {} bytes", name, offset,
                          offset + count, size));
}

class FolderFiles final : public FileSet {
 public:
  explicit FolderFiles(fs::path folder) : folder_(std::move(folder)) {}

  bool has(const std::string& name) const override {
    std::error_code error;
    return fs::is_regular_file(folder_ / name, error);
  }
  uint64_t size(const std::string& name) const override {
    std::error_code error;
    const uint64_t bytes = has(name) ? fs::file_size(folder_ / name, error) : 0;
    if (!has(name) || error) throw Error(name + ": expected a file, and there is none");
    return bytes;
  }
  std::string read(const std::string& name, uint64_t offset, uint64_t count) const override {
    const uint64_t bytes = size(name);
    if (offset > bytes || count > bytes - offset) refuse_bytes(name, offset, count, bytes);
    std::ifstream stream(folder_ / name, std::ios::binary);
    std::string content(count, '\0');
    stream.seekg(static_cast<std::streamoff>(offset));
    stream.read(content.data(), static_cast<std::streamsize>(count));
    if (static_cast<uint64_t>(stream.gcount()) != count) throw Error(name + ": cannot be read");
    return content;
  }

 private:
  fs::path folder_;
};

/// "a/saved_model.pb" is in "a/", "saved_model.pb" in "".
bool is_graph_file(const std::string& name) {
  return name == graph_file || name.ends_with("/" + std::string(graph_file));
}

class ArchivedFiles final : public FileSet {
 public:
  explicit ArchivedFiles(const ModelInput& input) {
    files_ = read_archive(input, [](const std::string& name) {
      return is_graph_file(name) || ("/" + name).find("/variables/variables.") != std::string::npos;
    });
    bool has_graph = false;
    for (const auto& [name, content] : files_) {
      if (!is_graph_file(name)) continue;
      const std::string folder = name.substr(0, name.size() - graph_file.size());
      if (has_graph) {
        throw Error(fmt::format(
            "expected an archive of one SavedModel, received one with {}{} and {}: unpack it, and "
            "name a folder",
            folder_, graph_file, name));
      }
      folder_ = folder;
      has_graph = true;
    }
    if (!has_graph) throw Error("expected an archive of a SavedModel, received one of other files");
  }

  bool has(const std::string& name) const override { return files_.contains(folder_ + name); }
  uint64_t size(const std::string& name) const override { return content(name).size(); }
  std::string read(const std::string& name, uint64_t offset, uint64_t count) const override {
    const std::string& bytes = content(name);
    if (offset > bytes.size() || count > bytes.size() - offset)
      refuse_bytes(name, offset, count, bytes.size());
    return bytes.substr(offset, count);
  }

 private:
  const std::string& content(const std::string& name) const {
    const auto found = files_.find(folder_ + name);
    if (found == files_.end()) throw Error(name + ": expected a file, and there is none");
    return found->second;
  }

  std::map<std::string, std::string> files_;
  std::string folder_;
};

/// Where saved_model.pb lies on disk; nothing where the input is an archive, or in memory.
std::optional<fs::path> folder_of(const ModelInput& input) {
  if (input.path() == nullptr) return std::nullopt;
  if (input.is_folder()) return *input.path();
  if (input.path()->filename() != graph_file) return std::nullopt;
  return input.path()->parent_path();
}

bool may_be_archive(const ModelInput& input) {
  if (input.is_folder()) return false;
  const std::string_view start = input.start();
  const bool is_packed = start.starts_with("\x1f\x8b") || start.starts_with("BZh") ||
                         start.starts_with("\xfd\x37zXZ") || start.starts_with("\x28\xb5\x2f\xfd");
  const bool is_tar = input.path() != nullptr && input.path()->extension() == ".tar";
  return is_packed || is_tar || start.starts_with("PK");
}

}  // namespace

std::unique_ptr<FileSet> FileSet::open(const ModelInput& input) {
  if (const auto folder = folder_of(input)) return std::make_unique<FolderFiles>(*folder);
  return std::make_unique<ArchivedFiles>(input);
}

bool FileSet::holds_saved_model(const ModelInput& input) {
  if (const auto folder = folder_of(input))
    return FolderFiles(*folder).has(std::string(graph_file));
  return may_be_archive(input) && !find_in_archive(input, &is_graph_file).empty();
}

}  // namespace thaw::tensorflow
