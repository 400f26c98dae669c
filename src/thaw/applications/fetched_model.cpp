#include "thaw/applications/fetched_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/download/download.h"
#include "thaw/formats/format.h"

namespace thaw::applications {
namespace {

namespace fs = std::filesystem;

/// "https://host/a/b?query" as its parts.
struct Address {
  std::string host;
  std::vector<std::string> path;
  bool has_query = false;
};

Address parts_of(const std::string& address) {
  Address parts;
  std::string rest = address.substr(address.find("://") + 3);
  const size_t query = rest.find_first_of("?#");
  parts.has_query = query != std::string::npos;
  rest = rest.substr(0, query);
  for (size_t begin = 0; begin <= rest.size();) {
    const size_t end = std::min(rest.find('/', begin), rest.size());
    if (end > begin) parts.path.push_back(rest.substr(begin, end - begin));
    begin = end + 1;
  }
  if (!parts.path.empty()) {
    parts.host = parts.path.front();
    parts.path.erase(parts.path.begin());
  }
  return parts;
}

bool is_at(const Address& address, const std::string& host) {
  return address.host == host || address.host == "www." + host;
}

/// The last part of an address as a file's name.
std::string file_name(const Address& address) {
  std::string name = address.path.empty() ? "model" : address.path.back();
  for (char& letter : name) {
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') || letter == '.' || letter == '-';
    if (!is_plain) letter = '_';
  }
  constexpr size_t longest = 80;
  return name.size() > longest ? name.substr(name.size() - longest) : name;
}

}  // namespace

bool is_address(const std::string& text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

std::string archive_address(const std::string& address) {
  const Address parts = parts_of(address);
  if (parts.has_query) return address;
  if (is_at(parts, "tfhub.dev") && !parts.path.empty())
    return address + "?tf-hub-format=compressed";
  // kaggle.com/models/OWNER/MODEL/FRAMEWORK/VARIATION/VERSION
  if (is_at(parts, "kaggle.com") && parts.path.size() == 6 && parts.path[0] == "models") {
    return fmt::format("https://www.kaggle.com/api/v1/models/{}/{}/{}/{}/{}/download",
                       parts.path[1], parts.path[2], parts.path[3], parts.path[4], parts.path[5]);
  }
  return address;
}

fs::path fetch_model(const std::string& address,
                     const std::function<bool(int64_t received, int64_t total)>& progress) {
  if (cache_folder().empty()) {
    throw Error(fmt::format(
        "{}: expected a folder for downloaded models, received none: set HOME or THAW_HOME, or "
        "fetch the file and name it",
        address));
  }
  const std::string whole = archive_address(address);
  fs::path target = cache_folder() / "models" / content_hash(std::as_bytes(std::span(whole))) /
                    file_name(parts_of(whole));
  std::error_code ignored;
  if (fs::is_regular_file(target, ignored)) return target;
  download({.url = whole,
            .target = target,
            .check = [](const fs::path& path) { (void)model_formats::recognize(ModelInput(path)); },
            .progress = progress});
  return target;
}

}  // namespace thaw::applications
