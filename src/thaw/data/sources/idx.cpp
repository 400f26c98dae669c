#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/data/folder_walk.h"
#include "thaw/data/idx_file.h"
#include "thaw/data/source.h"

namespace thaw::sources {
namespace {

namespace fs = std::filesystem;

// ---- The images of one file ----

/// Grey or RGB images of one size, each given as a BMP file.
class IdxImages final : public ImageContents {
 public:
  explicit IdxImages(fs::path file) : file_(std::move(file)), array_(read_idx(file_)) {
    auto& lengths = array_.lengths;
    constexpr int64_t longest_side = 16384;
    const auto is_side = [](int64_t side) { return side >= 1 && side <= longest_side; };
    if (lengths.size() == 3) lengths.push_back(1);
    if (lengths.size() != 4 || !is_side(lengths[1]) || !is_side(lengths[2]) ||
        (lengths[3] != 1 && lengths[3] != 3)) {
      throw Error(fmt::format(
          "{}: expected images of axes (count, height, width) or (count, height, width, 3), "
          "received {}",
          file_.string(), fmt::join(lengths, "×")));
    }
    constexpr int64_t most_images = 4'000'000;
    if (count() > most_images) {
      throw Error(fmt::format("{}: expected at most {} images, received {}", file_.string(),
                              most_images, count()));
    }
    digits_ = std::max<size_t>(5, std::to_string(count()).size());
    write_header();
  }

  int64_t count() const { return array_.lengths[0]; }
  fs::path path(int64_t index) const { return file_ / fmt::format("{:0{}}", index, digits_); }

  bool holds(const fs::path& image) const override { return index_of(image) >= 0; }
  int64_t bytes(const fs::path& /*image*/) const override {
    return static_cast<int64_t>(header_.size() + row_bytes() * height());
  }
  std::string read(const fs::path& image, size_t at_most) const override {
    const size_t width_bytes = width() * channels();
    const char* values =
        array_.values.data() + static_cast<size_t>(index_of(image)) * width_bytes * height();
    std::string bmp = header_;
    // Rows from the bottom, of a length that is a multiple of 4, colours as BGR.
    for (size_t y = height(); y-- > 0;) {
      const size_t begin = bmp.size();
      bmp.append(values + y * width_bytes, width_bytes).append(row_bytes() - width_bytes, '\0');
      for (size_t x = 0; channels() == 3 && x < width_bytes; x += 3)
        std::swap(bmp[begin + x], bmp[begin + x + 2]);
    }
    bmp.resize(std::min(bmp.size(), at_most));
    return bmp;
  }

 private:
  size_t height() const { return static_cast<size_t>(array_.lengths[1]); }
  size_t width() const { return static_cast<size_t>(array_.lengths[2]); }
  size_t channels() const { return static_cast<size_t>(array_.lengths[3]); }
  size_t row_bytes() const { return (width() * channels() + 3) / 4 * 4; }

  int64_t index_of(const fs::path& image) const {
    const std::string name = image.filename().string();
    int64_t index = -1;
    const char* end = name.data() + name.size();
    if (name.size() != digits_ || std::from_chars(name.data(), end, index).ptr != end) return -1;
    return index < count() && image.parent_path() == file_ ? index : -1;
  }

  /// The file header, the one of 40 bytes that describes the image, and a palette of greys.
  void write_header() {
    constexpr size_t headers = 14 + 40;
    const size_t colours = channels() == 1 ? 256 : 0;
    const auto add = [this](size_t value, int bytes) {
      for (int i = 0; i < bytes; ++i) header_ += static_cast<char>((value >> (8 * i)) & 0xFF);
    };
    header_ = "BM";
    for (const size_t value : {headers + 4 * colours + row_bytes() * height(), size_t{0},
                               headers + 4 * colours, size_t{40}, width(), height()})
      add(value, 4);
    add(1, 2);
    add(8 * channels(), 2);
    for (const size_t value :
         {size_t{0}, row_bytes() * height(), size_t{0}, size_t{0}, colours, size_t{0}})
      add(value, 4);
    for (size_t grey = 0; grey < colours; ++grey) add(grey * 0x010101, 4);
  }

  fs::path file_;
  IdxArray array_;
  size_t digits_ = 0;
  std::string header_;
};

// ---- Which files belong together ----

struct IdxSet {
  fs::path images;
  std::optional<fs::path> labels;
  std::optional<ImagePart> part;  ///< as the name says
};

bool is_idx_name(const std::string& lower) {
  return lower.find("idx") != std::string::npos || lower.ends_with("ubyte") ||
         lower.ends_with("ubyte.gz");
}

bool is_of_images(const fs::path& file) {
  const std::string lower = lower_case(file.filename().string());
  return lower.find("images") != std::string::npos && is_idx_name(lower) &&
         unwanted_kind(lower) == nullptr;
}

std::string without_gz(const std::string& name) {
  return lower_case(name).ends_with(".gz") ? name.substr(0, name.size() - 3) : name;
}

/// What stands before "images" tells the part: "train", "emnist-letters-test", MNIST's "t10k".
std::optional<ImagePart> part_of(const std::string& before) {
  constexpr auto words =
      std::to_array<std::pair<std::string_view, ImagePart>>({{"train", ImagePart::training},
                                                             {"t10k", ImagePart::test},
                                                             {"test", ImagePart::test},
                                                             {"val", ImagePart::validation}});
  for (const auto& [word, part] : words)
    if (before.find(word) != std::string::npos) return part;
  return std::nullopt;
}

IdxSet set_of(const fs::path& images, const std::vector<std::string>& beside) {
  const std::string name = lower_case(images.filename().string());
  const std::string before = name.substr(0, name.find("images"));
  IdxSet set{.images = images, .labels = {}, .part = part_of(before)};
  for (const std::string& other : beside) {  // sorted: the one without .gz comes first
    const std::string lower = lower_case(other);
    if (!set.labels && lower.starts_with(before + "labels") && is_idx_name(lower))
      set.labels = images.parent_path() / other;
  }
  return set;
}

/// All that the folder or file names; of a file that is there with and without .gz one.
std::vector<IdxSet> sets_at(const SourcePath& path, std::vector<SkippedFiles>* skipped = nullptr) {
  std::error_code failure;
  const bool is_folder = fs::is_directory(path.file, failure);
  const fs::path folder = is_folder ? path.file : path.file.parent_path();
  const FolderEntries entries = read_folder(folder.empty() ? fs::path(".") : folder);
  if (!is_folder) return {set_of(path.file, entries.files)};
  std::vector<IdxSet> sets;
  std::vector<fs::path> used;
  for (const std::string& name : entries.files) {
    const bool is_twice = !sets.empty() && without_gz(name) != name &&
                          sets.back().images.filename() == without_gz(name);
    if (!is_of_images(name) || is_twice) continue;
    sets.push_back(set_of(folder / name, entries.files));
    used.push_back(folder / name);
    if (sets.back().labels) used.push_back(*sets.back().labels);
  }
  if (skipped == nullptr) return sets;
  for (const std::string& name : entries.files) {
    if (std::ranges::find(used, folder / name) == used.end() && name != "classes.txt")
      skip(*skipped, ending_of(name), "no IDX file of images or their labels", folder / name);
  }
  return sets;
}

SourceMatch match_idx(const SourcePath& path) {
  std::error_code failure;
  if (fs::is_regular_file(path.file, failure))
    return is_of_images(path.file) ? SourceMatch::yes : SourceMatch::no;
  if (!fs::is_directory(path.whole, failure)) return SourceMatch::no;
  const FolderEntries entries = read_folder(path.whole);
  const auto is_wanted = [](const std::string& name) { return unwanted_kind(name) == nullptr; };
  const bool has_folders = std::ranges::any_of(entries.folders, is_wanted) ||
                           std::ranges::any_of(entries.linked_folders, is_wanted);
  const auto is_images = [](const std::string& name) { return is_of_images(name); };
  return !has_folders && std::ranges::any_of(entries.files, is_images) ? SourceMatch::yes
                                                                       : SourceMatch::no;
}

std::optional<ImageParts> parts_of_idx(const SourcePath& path, const ListingOptions& /*options*/) {
  std::error_code failure;
  if (!fs::is_directory(path.whole, failure)) return std::nullopt;
  std::vector<std::pair<ImagePart, fs::path>> found;
  for (const IdxSet& set : sets_at(path)) {
    if (!set.part) return std::nullopt;
    found.emplace_back(*set.part, set.images);
  }
  return image_parts_of(found);
}

// ---- Their labels ----

/// The lines of classes.txt beside the images, which name the labels from 0 on; none: "0", "1", …
std::vector<std::string> names_beside(const fs::path& images) {
  constexpr size_t most_bytes = size_t{1} << 20;
  const fs::path file = images.parent_path() / "classes.txt";
  std::error_code failure;
  if (!fs::is_regular_file(file, failure)) return {};
  const std::string text = read_file(file, most_bytes);
  std::vector<std::string> names;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    if (line.ends_with('\r')) line.pop_back();
    if (std::ranges::find(names, line) != names.end() || line.empty()) {
      throw Error(fmt::format("{}: expected one name a line, each once, received \"{}\" in line {}",
                              file.string(), line, names.size() + 1));
    }
    names.push_back(std::move(line));
    begin = end + 1;
  }
  return names;
}

std::string read_labels(const IdxSet& set, int64_t count) {
  if (!set.labels) {
    throw Error(fmt::format(
        "{}: expected its labels in a file of the same name with \"labels\" for \"images\" (as "
        "train-labels-idx1-ubyte for train-images-idx3-ubyte) beside it, found none",
        set.images.string()));
  }
  IdxArray labels = read_idx(*set.labels);
  if (labels.lengths.size() != 1 || labels.lengths[0] != count) {
    throw Error(fmt::format("{}: expected {} labels, one an image of {}, received {}",
                            set.labels->string(), count, set.images.filename().string(),
                            fmt::join(labels.lengths, "×")));
  }
  return std::move(labels.values);
}

/// The images in the order of their classes, and of a class in that of the file. Classes are the
/// labels that occur.
ImageFolder labelled(const IdxSet& set, const ListingOptions& options) {
  auto images = std::make_shared<IdxImages>(set.images);
  std::map<unsigned char, std::vector<int64_t>> by_label;
  const std::string labels = read_labels(set, images->count());
  for (size_t i = 0; i < labels.size(); ++i)
    by_label[static_cast<unsigned char>(labels[i])].push_back(static_cast<int64_t>(i));
  if (by_label.empty() || (by_label.size() == 1 && !options.one_class)) {
    throw Error(fmt::format("{}: expected images of at least two classes, received {}",
                            set.images.string(), by_label.size()));
  }
  const auto names = names_beside(set.images);
  ImageFolder listing;
  for (const auto& [label, members] : by_label) {
    if (!names.empty() && label >= names.size()) {
      throw Error(fmt::format("{}: expected a name for label {}, received {} names",
                              (set.images.parent_path() / "classes.txt").string(), label,
                              names.size()));
    }
    for (const int64_t member : members) {
      listing.files.push_back(images->path(member));
      listing.labels.push_back(std::ssize(listing.class_names));
    }
    listing.class_names.push_back(names.empty() ? std::to_string(label) : names[label]);
  }
  listing.contents = std::move(images);
  return listing;
}

ImageFolder unlabelled(const std::vector<IdxSet>& sets, const SourcePath& path) {
  ImageFolder listing;
  std::vector<std::shared_ptr<const ImageContents>> contents;
  for (const IdxSet& set : sets) {
    auto images = std::make_shared<IdxImages>(set.images);
    if (!path.inside.empty()) {
      if (!images->holds(path.whole)) {
        throw Error(fmt::format("{}: there is no such image in a file of {}, numbered from {} on",
                                path.whole.string(), images->count(),
                                images->path(0).filename().string()));
      }
      listing.files.push_back(path.whole);
    } else {
      for (int64_t i = 0; i < images->count(); ++i) listing.files.push_back(images->path(i));
    }
    contents.push_back(std::move(images));
  }
  listing.contents = joined(std::move(contents));
  return listing;
}

ImageFolder list_idx(const SourcePath& path, const ListingOptions& options) {
  std::vector<SkippedFiles> skipped;
  const std::vector<IdxSet> sets = sets_at(path, &skipped);
  if (!options.labelled) return unlabelled(sets, path);
  if (!path.inside.empty())
    throw Error(
        fmt::format("{}: expected a file of images, received one of them", path.whole.string()));
  if (sets.size() != 1) {
    std::string names;
    for (const IdxSet& set : sets)
      names += (names.empty() ? "" : ", ") + set.images.filename().string();
    throw Error(fmt::format("{}: expected one IDX file of images, received {}: name the one meant",
                            path.whole.string(), names));
  }
  ImageFolder listing = labelled(sets.front(), options);
  listing.skipped = std::move(skipped);
  return listing;
}

}  // namespace

extern const SourceKind idx;
constinit const SourceKind idx{
    .name = "IDX",
    .looks_like =
        "IDX files as MNIST's (train-images-idx3-ubyte with train-labels-idx1-ubyte beside it, "
        "with or without .gz), or a folder of them",
    .match = &match_idx,
    .parts = &parts_of_idx,
    .list = &list_idx};

}  // namespace thaw::sources
