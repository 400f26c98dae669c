#include "thaw/data/same_images.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <vector>

#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"
#include "thaw/core/files.h"

namespace thaw {
namespace {

struct Place {
  const std::filesystem::path* file;
  const ImageContents* contents;
  int64_t label;
  bool is_for_validation;
};
using Places = std::vector<Place>;

/// Whether all of them may lie where they do: one class, and either training or validation.
bool is_harmless(const Places& places) {
  return std::ranges::all_of(places, [&](const Place& place) {
    return place.label == places[0].label && place.is_for_validation == places[0].is_for_validation;
  });
}

/// Divides groups by a key of each file, and leaves out those that are harmless. An empty key is
/// nobody else's.
template <typename Key>
std::vector<Places> divided(const std::vector<Places>& groups, Key key) {
  std::vector<Places> result;
  for (const Places& group : groups) {
    std::map<std::string, Places> by_key;
    for (const Place& place : group)
      if (const std::string own = key(place); !own.empty()) by_key[own].push_back(place);
    for (auto& [own, places] : by_key)
      if (!is_harmless(places)) result.push_back(std::move(places));
  }
  return result;
}

std::string size_key(const Place& place) {
  const auto size = image_file_bytes(*place.file, place.contents);
  return size.value_or(0) == 0 ? "" : std::to_string(*size);
}

/// The first and the last bytes; of what is no file of its own the first ones.
std::string ends_key(const Place& place) {
  constexpr std::streamoff enough = 2048;
  if (place.contents != nullptr && place.contents->holds(*place.file)) {
    try {
      const std::string first = place.contents->read(*place.file, enough);
      return content_hash(std::as_bytes(std::span(first)));
    } catch (const Error&) {
      return "";
    }
  }
  std::ifstream stream(*place.file, std::ios::binary);
  std::string bytes(2 * enough, '\0');
  stream.read(bytes.data(), enough);
  if (stream.gcount() == 0) return "";
  stream.clear();
  stream.seekg(-enough, std::ios::end);
  if (stream) stream.read(bytes.data() + enough, enough);
  return content_hash(std::as_bytes(std::span(bytes)));
}

std::string content_key(const Place& place) {
  constexpr size_t most_bytes = size_t{1} << 30;
  try {
    const std::string content = place.contents != nullptr && place.contents->holds(*place.file)
                                    ? place.contents->read(*place.file, most_bytes)
                                    : read_file(*place.file, most_bytes);
    return content_hash(std::as_bytes(std::span(content)));
  } catch (const Error&) {
    return "";
  }
}

void count(SameImages& same, const Place& first, const Place& second) {
  if (same.files++ == 0) {
    same.first = *first.file;
    same.second = *second.file;
  }
}

void place_all(Places& places, const ImageFolder& folder, bool is_for_validation) {
  for (size_t i = 0; i < folder.files.size(); ++i)
    places.push_back(
        {&folder.files[i], folder.contents.get(), folder.labels[i], is_for_validation});
}

}  // namespace

SameImagesFound find_same_images(const ImageFolder& train, const ImageFolder* validation) {
  Places all;
  place_all(all, train, false);
  if (validation != nullptr) place_all(all, *validation, true);
  SameImagesFound found;
  const auto groups =
      divided(divided(divided({std::move(all)}, &size_key), &ends_key), &content_key);
  for (const Places& same : groups) {
    for (const Place& place : same) {
      const auto of_another_class =
          std::ranges::find_if(same.begin(), same.begin() + (&place - same.data()),
                               [&](const Place& other) { return other.label != place.label; });
      if (of_another_class != same.begin() + (&place - same.data())) {
        count(found.in_two_classes, *of_another_class, place);
        continue;
      }
      const auto in_training = std::ranges::find_if(same, [&](const Place& other) {
        return other.label == place.label && !other.is_for_validation;
      });
      if (place.is_for_validation && in_training != same.end())
        count(found.in_validation, *in_training, place);
    }
  }
  return found;
}

}  // namespace thaw
