#include "thaw/task/class_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "thaw/core/error.h"
#include "thaw/core/unicode.h"

namespace thaw {
namespace {

using Names = std::vector<std::string>;

/// Where each of `names` stands among `classes`; nothing where one does not.
struct Places {
  std::vector<int64_t> found;
  Names strangers;
};

Places places_of(const Names& names, const Names& classes) {
  Names composed;
  composed.reserve(classes.size());
  for (const std::string& name : classes) composed.push_back(to_nfc(name));
  Places places;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(composed, to_nfc(name));
    if (found == composed.end()) {
      places.strangers.push_back(name);
    } else {
      places.found.push_back(found - composed.begin());
    }
  }
  return places;
}

ImageFolder relabelled(const ImageFolder& folder, const std::vector<int64_t>& numbers,
                       const Names& class_names) {
  ImageFolder result = folder;
  result.class_names = class_names;
  for (int64_t& label : result.labels) label = numbers[static_cast<size_t>(label)];
  return result;
}

std::string in_order(const Names& folders) {
  Names pairs;
  for (size_t i = 0; i < folders.size(); ++i)
    pairs.push_back(fmt::format("{} = output {}", folders[i], i));
  return listed(pairs);
}

}  // namespace

ImageFolder with_classes(const ImageFolder& folder, const Names& class_names) {
  const Places places = places_of(folder.class_names, class_names);
  if (!places.strangers.empty()) {
    throw Error(fmt::format("expected folders named after the classes {}, received \"{}\"",
                            listed(class_names), places.strangers.front()));
  }
  return relabelled(folder, places.found, class_names);
}

ClassFolders match_classes(const ImageFolder& folder, const ClassNames& classes) {
  const Names& folders = folder.class_names;
  const Places places = places_of(folders, classes.names);
  if (places.strangers.empty()) {
    ClassFolders result{.folder = relabelled(folder, places.found, classes.names), .remark = {}};
    if (folders.size() < classes.names.size()) {
      result.remark = fmt::format("there are folders of {} of the model's {} classes: {}",
                                  folders.size(), classes.names.size(), listed(folders));
    }
    return result;
  }
  if (classes.known) {
    throw Error(fmt::format(
        "expected folders named after the model's classes {}, received {}: \"{}\" is none of them "
        "(--classes names the model's outputs, in their order, as the folders are called)",
        listed(classes.names), listed(folders), places.strangers.front()));
  }
  if (folders.size() != classes.names.size()) {
    throw Error(
        fmt::format("the model has {} classes without names, and there are {} folders: {}; "
                    "say what its outputs are called, in their order (--classes a,b,c or a "
                    "file)",
                    classes.names.size(), folders.size(), listed(folders)));
  }
  ClassFolders result{.folder = folder,
                      .remark =
                          "the model's classes have no names, so the folders are taken in "
                          "their order: " +
                          in_order(folders)};
  return result;
}

}  // namespace thaw
