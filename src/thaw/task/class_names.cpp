#include "thaw/task/class_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "thaw/applications/application.h"
#include "thaw/applications/imagenet_labels.h"
#include "thaw/core/error.h"
#include "thaw/task/labels_file.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

std::optional<Names> noted_names(const Functional& model) {
  const Config* noted = model.metadata().find("classes");
  if (noted == nullptr) return std::nullopt;
  Names names;
  for (const Config& name : noted->as_list()) names.push_back(name.as_string());
  return names;
}

/// "3 class names (a, b, c) for 2 classes"
std::string mismatch(const Names& names, int64_t count) {
  return fmt::format("{} class names ({}) for {} classes{}", names.size(), listed(names), count,
                     count == 2 ? " (one output tells two apart: those of 0 and of 1)" : "");
}

struct FoundLabels {
  std::optional<Names> names;
  std::string remark;
};

/// The labels file beside a model, or within its folder. One that does not fit is told only if it
/// is named after the model: another may belong to another model.
FoundLabels labels_beside(const fs::path& model_file, int64_t count) {
  std::error_code ignored;
  if (model_file.has_filename() && fs::is_directory(model_file, ignored)) {
    for (const char* within : {"", "assets/"}) {
      FoundLabels found = labels_beside(model_file / within, count);
      if (found.names) return found;
    }
  }
  const fs::path folder = model_file.parent_path();
  const std::string stem = model_file.stem().string();
  const std::string whole = model_file.filename().string();
  const std::array own = {stem + ".labels.txt", whole + ".labels.txt", stem + ".labels.json",
                          stem + "_labels.txt", stem + ".classes.txt"};
  const std::array shared = {"labels.txt",         "class_names.txt",  "classes.txt",
                             "labels.json",        "class_names.json", "classes.json",
                             "class_indices.json", "metadata.json"};
  Names candidates(own.begin(), own.end());
  candidates.insert(candidates.end(), shared.begin(), shared.end());
  FoundLabels result;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const fs::path file = folder / candidates[i];
    if (!is_file(file)) continue;
    try {
      Names names = read_labels(file);
      if (std::ssize(names) == count) {
        result.remark = fmt::format("class names from {}: {}", file.string(), listed(names));
        result.names = std::move(names);
        return result;
      }
      if (i < own.size() && result.remark.empty())
        result.remark = fmt::format("{} is not used: {}", file.string(), mismatch(names, count));
    } catch (const Error& error) {
      if (i < own.size() && result.remark.empty())
        result.remark = fmt::format("a labels file is not used: {}", error.what());
    }
  }
  return result;
}

}  // namespace

std::string listed(std::span<const std::string> names, size_t most) {
  if (names.size() <= most) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{}, … ({} more)", fmt::join(names.first(most), ", "), names.size() - most);
}

std::vector<std::string> class_names_from(const std::string& asked) {
  return with_context("--classes", [&] {
    if (is_file(asked)) return read_labels(asked);
    if (asked.find(',') == std::string::npos) {
      throw UsageError(fmt::format(
          "expected names separated by commas, or a file of them, received \"{}\": there is no "
          "such file",
          asked));
    }
    std::string lines = asked;
    std::ranges::replace(lines, ',', '\n');
    Names names;
    for (size_t begin = 0; begin <= lines.size();) {
      const size_t end = std::min(lines.find('\n', begin), lines.size());
      const size_t first = std::min(lines.find_first_not_of(' ', begin), end);
      const size_t last = lines.find_last_not_of(' ', end == 0 ? 0 : end - 1);
      names.push_back(first == end ? "" : lines.substr(first, last + 1 - first));
      begin = end + 1;
    }
    try {
      return checked_labels(std::move(names));
    } catch (const Error& error) {
      throw UsageError(error.what());
    }
  });
}

ClassNames find_class_names(const Functional& model, int64_t count,
                            const ClassNamesOptions& options) {
  if (options.asked) {
    Names names = class_names_from(*options.asked);
    if (std::ssize(names) != count) {
      throw UsageError(fmt::format("--classes: model \"{}\": received {}", model.name(),
                                   mismatch(names, count)));
    }
    return {.names = std::move(names), .remark = {}};
  }
  if (auto names = noted_names(model)) {
    if (std::ssize(*names) != count) {
      throw Error(fmt::format("model \"{}\": expected {} class names, one an output, received {}",
                              model.name(), count, names->size()));
    }
    return {.names = std::move(*names), .remark = {}};
  }
  FoundLabels found;
  if (!options.model_file.empty()) found = labels_beside(options.model_file, count);
  if (found.names) return {.names = std::move(*found.names), .remark = std::move(found.remark)};
  const auto labels = applications::imagenet_labels();
  if (count == std::ssize(labels) && applications::recognize(model) != nullptr)
    return {.names = {labels.begin(), labels.end()}, .remark = std::move(found.remark)};
  ClassNames result{.names = {}, .known = false, .remark = std::move(found.remark)};
  for (int64_t i = 0; i < count; ++i) result.names.push_back(fmt::format("class {}", i));
  return result;
}

void keep_class_names(const Functional& model, std::span<const std::string> names) {
  Config list{Config::List{}};
  for (const std::string& name : names) list.append(name);
  model.metadata().set("classes", std::move(list));
}

std::vector<std::string> class_names(const Functional& model) {
  return find_class_names(model, class_count(model.outputs()[0].shape().elements())).names;
}

}  // namespace thaw
