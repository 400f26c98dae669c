#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "thaw/data/source.h"

namespace thaw {

/// What a table that lists images says of one.
enum class ManifestColumn { path, label, labels, split, weight };

/// The column that a name stands for, in upper or lower case: path, file, file_name, filename,
/// filepath, image or image_path; label, class, class_name or category; labels, classes or tags;
/// split, subset, partition or set; weight or sample_weight.
std::optional<ManifestColumn> manifest_column(std::string_view name);

/// A table that lists images, one a row, with their classes: what its forms (CSV, JSON Lines) have
/// in common. Paths are relative to the table's own folder.
class Manifest {
 public:
  /// Of the table at path.file: the rows of the part path.inside, all where none is given. Throws
  /// Error for a part that is none.
  Manifest(const SourcePath& path, const ListingOptions& options);

  using Row = std::map<ManifestColumn, std::string>;
  /// Adds a row; `line` counts from 1. Throws Error when it lacks a path, or with labels a class,
  /// names a part or a weight that is none, or gives an image two classes or weights.
  void add(int64_t line, const Row& row);

  /// Where rows say what they are for. Throws Error when some rows do and some do not.
  std::optional<ImageParts> parts() const;
  /// The images class by class, each class's in the order of the table; classes by name. Throws
  /// Error when there are fewer than two classes.
  ImageFolder list() const;

 private:
  struct Entry {
    std::filesystem::path file;
    std::string label;
    double weight = 1;
    int64_t line = 0;
  };
  /// Whether the row is one of the part asked for.
  bool is_wanted(const Row& row);
  std::string label_of(const Row& row) const;

  SourcePath path_;
  ListingOptions options_;
  std::optional<ImagePart> part_;  ///< asked for
  std::vector<Entry> entries_;
  std::map<std::string, size_t> places_;  ///< in entries_, by path
  std::map<ImagePart, int64_t> rows_;     ///< in each part
  int64_t rows_of_no_part_ = 0;
  std::vector<SkippedFiles> skipped_;
};

}  // namespace thaw
