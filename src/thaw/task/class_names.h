#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "thaw/graph/functional.h"

namespace thaw {

/// What a model's classes are called.
struct ClassNames {
  std::vector<std::string> names;
  /// Whether somebody named them; false: they are "class 0", "class 1", …
  bool known = true;
  std::string remark;  ///< where they come from, if a person should know; empty: nothing to say
};

/// What tells the names of a model's classes.
struct ClassNamesOptions {
  /// "a,b,c", or a file (see parse_labels()). Unset: the model's own.
  std::optional<std::string> asked = {};
  /// The model's file. A labels file beside it is used where the model has no names of its own:
  /// MODEL.labels.txt, labels.txt, class_names.txt, classes.txt, labels.json, class_names.json,
  /// class_indices.json, metadata.json. Empty: none is looked for.
  std::filesystem::path model_file = {};
};

/// How many classes so many outputs of a model tell apart: one output tells two.
inline int64_t class_count(int64_t outputs) { return outputs == 1 ? 2 : outputs; }

/// The names of the model's `count` classes: as asked, else the model's own, else those of a labels
/// file beside it that has as many, else ImageNet's for a known network of 1000 outputs, else their
/// numbers. Throws UsageError when those asked for are not as many, Error for a file that cannot be
/// read.
ClassNames find_class_names(const Functional& model, int64_t count,
                            const ClassNamesOptions& options = {});

/// The names of "a,b,c", or of a file. Throws UsageError for a name that is empty or given twice,
/// Error for a file that cannot be read.
std::vector<std::string> class_names_from(const std::string& asked);

/// Puts the names into the model's metadata, where find_class_names() of a later run finds them.
void keep_class_names(const Functional& model, std::span<const std::string> names);

/// The names of the model's classes by itself alone.
std::vector<std::string> class_names(const Functional& model);

/// "a, b, c": at most `most` of them, then how many more there are.
std::string listed(std::span<const std::string> names, size_t most = 20);

}  // namespace thaw
