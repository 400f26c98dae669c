#include "thaw/task/run_outputs.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/format.h"
#include "thaw/task/option.h"

namespace thaw {
namespace {

bool is_written(const ModelFormat& format) { return format.write != nullptr; }

std::optional<FeatureFolderOptions> cache_from(const std::string& text) {
  if (text == "off") return std::nullopt;
  FeatureFolderOptions options;
  if (text != "auto") options.folder = text;
  return options;
}

std::string to_text(const std::optional<FeatureFolderOptions>& cache) {
  if (!cache) return "off";
  return cache->folder == FeatureFolderOptions{}.folder ? "auto" : cache->folder.string();
}

void check_outputs(const RunFiles& files) {
  if (!files.out.empty()) {
    const ModelFormat* format = model_formats::by_ending(files.out);
    if (format == nullptr || format->write == nullptr) {
      throw UsageError(fmt::format("--out: expected a file name that ends in {}, received \"{}\"",
                                   model_formats::endings(&is_written), files.out.string()));
    }
    const AtomicFile model_can_be_written(files.out);
  }
  if (!files.figures.empty()) {
    for (const auto& other : {files.out, files.checkpoint}) {
      if (other.empty() || !is_same_file(files.figures, other)) continue;
      throw UsageError(fmt::format(
          "{}: expected another file than {}, received \"{}\": one would replace the other",
          files.figures_option, other == files.out ? "--out" : "the checkpoint beside --out",
          files.figures.string()));
    }
    const AtomicFile history_can_be_written(files.figures);
  }
  std::error_code ignored;
  if (files.cache && std::filesystem::is_regular_file(files.cache->folder, ignored)) {
    throw UsageError("--cache: expected auto, off or a folder, received the file \"" +
                     files.cache->folder.string() + "\"");
  }
}

/// Writes the model where it was not asked to: beside `out`, or in the cache folder. Returns where,
/// empty when that fails too.
std::string save_elsewhere(const Model& model, const std::filesystem::path& path) {
  try {
    const std::filesystem::path free = unused_path(path);
    std::filesystem::create_directories(free.parent_path().empty() ? "." : free.parent_path());
    model.save(free);
    return free.string();
  } catch (const std::exception&) {
    return "";
  }
}

}  // namespace

std::string keep_aside(const std::filesystem::path& checkpoint) {
  std::error_code failure;
  if (checkpoint.empty() || !std::filesystem::is_regular_file(checkpoint, failure)) return "";
  std::string aside;
  for (int number = 1; aside.empty() || std::filesystem::exists(aside, failure); ++number)
    aside = fmt::format("{}.{}", checkpoint.string(), number);
  std::filesystem::rename(checkpoint, aside, failure);
  if (failure)
    throw Error(fmt::format("{}: cannot be put aside: {}", checkpoint.string(), failure.message()));
  return aside;
}

void describe_out(std::filesystem::path& place, OptionList& options) {
  options.add("out", place,
              {.help = "where the model goes: " + model_formats::endings(&is_written),
               .value = "MODEL",
               .required = true,
               .may_change = "it says where the result goes, not what it is",
               .completes = Completes::file});
}

std::filesystem::path checkpoint_place(const std::optional<std::filesystem::path>& asked,
                                       const std::filesystem::path& out) {
  if (asked) return *asked;
  if (out.empty()) return {};
  return out.string() + ".checkpoint";
}

void describe_cache(std::optional<FeatureFolderOptions>& place, OptionList& options) {
  options.add("cache", place, &cache_from, &to_text,
              {.help = "where what frozen layers give is kept for all epochs and later runs: auto "
                       "(see thaw cache), off, or a folder",
               .value = "auto|off|DIR",
               .may_change = "kept features are the bits that computing them again gives",
               .completes = Completes::folder});
}

std::string cache_remark(const std::optional<FeatureFolderOptions>& cache) {
  if (!cache || !cache->folder.empty()) return "";
  return "the features are not kept for later runs: no folder is known for them, since neither "
         "HOME, XDG_CACHE_HOME nor THAW_HOME is set (--cache names one)";
}

RunOutputs::RunOutputs(RunFiles files) : files_(std::move(files)) {
  check_outputs(files_);
  if (files_.out.empty()) return;
  lock_.emplace(files_.out);
  for (const auto& file : {files_.out, files_.checkpoint, files_.figures})
    if (!file.empty()) remove_unfinished(file);
}

void RunOutputs::save(const Model& model, const std::function<bool()>& save_state) const {
  const auto& checkpoint = files_.checkpoint;
  if (!files_.out.empty()) {
    try {
      model.save(files_.out);
    } catch (const Error& error) {
      std::string message = error.what();
      const std::filesystem::path cache = cache_folder();
      const std::string elsewhere =
          cache.empty() ? "" : save_elsewhere(model, cache / "models" / files_.out.filename());
      if (!elsewhere.empty()) message += "; the model is in " + elsewhere + " instead";
      if (save_state()) {
        message += fmt::format(
            "; what was learned is kept in {}: the same command with --resume writes the model",
            checkpoint.string());
      }
      throw Error(message);
    }
  }
  std::error_code ignored;
  if (!checkpoint.empty()) std::filesystem::remove(checkpoint, ignored);
}

void RunOutputs::fail(const Model* last_good, const NotFinite& error) const {
  std::string message = error.what();
  if (files_.out.empty()) throw NotFinite(message);
  if (last_good != nullptr) {
    std::filesystem::path good = files_.out;
    good.replace_filename(files_.out.stem().string() + ".last_good" +
                          files_.out.extension().string());
    if (const std::string path = save_elsewhere(*last_good, good); !path.empty())
      message += "; the model as after the last good epoch is in " + path;
  }
  std::error_code ignored;
  throw NotFinite(
      fmt::format("{}; {} was {}", message, files_.out.string(),
                  std::filesystem::exists(files_.out, ignored) ? "left as it was" : "not written"));
}

}  // namespace thaw
