#include "thaw/task/fit_outputs.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/format.h"

namespace thaw {
namespace {

bool is_written(const ModelFormat& format) { return format.write != nullptr; }

void check_outputs(const FitTask& task) {
  if (!task.out.empty()) {
    const ModelFormat* format = model_formats::by_ending(task.out);
    if (format == nullptr || format->write == nullptr) {
      throw UsageError(fmt::format("--out: expected a file name that ends in {}, received \"{}\"",
                                   model_formats::endings(&is_written), task.out.string()));
    }
    const AtomicFile model_can_be_written(task.out);
  }
  if (!task.history.empty()) {
    for (const auto& other : {task.out, checkpoint_of(task)}) {
      if (other.empty() || !is_same_file(task.history, other)) continue;
      throw UsageError(fmt::format(
          "--history: expected another file than {}, received \"{}\": one would replace the other",
          other == task.out ? "--out" : "the checkpoint beside --out", task.history.string()));
    }
    const AtomicFile history_can_be_written(task.history);
  }
  std::error_code ignored;
  if (task.cache && std::filesystem::is_regular_file(task.cache->folder, ignored)) {
    throw UsageError("--cache: expected auto, off or a folder, received the file \"" +
                     task.cache->folder.string() + "\"");
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

std::filesystem::path checkpoint_of(const FitTask& task) {
  if (task.checkpoint) return *task.checkpoint;
  if (task.out.empty()) return {};
  return task.out.string() + ".checkpoint";
}

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

FitOutputs::FitOutputs(const FitTask& task) : task_(task) {
  check_outputs(task);
  if (task.out.empty()) return;
  lock_.emplace(task.out);
  for (const auto& file : {task.out, checkpoint_of(task), task.history})
    if (!file.empty()) remove_unfinished(file);
}

void FitOutputs::save(Recipe& recipe) const {
  const auto checkpoint = checkpoint_of(task_);
  if (!task_.out.empty()) {
    try {
      recipe.model().save(task_.out);
    } catch (const Error& error) {
      std::string message = error.what();
      const std::filesystem::path cache = cache_folder();
      const std::string elsewhere =
          cache.empty() ? ""
                        : save_elsewhere(recipe.model(), cache / "models" / task_.out.filename());
      if (!elsewhere.empty()) message += "; the model is in " + elsewhere + " instead";
      if (recipe.save_checkpoint()) {
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

void FitOutputs::fail(const Recipe& recipe, const NotFinite& error) const {
  std::string message = error.what();
  if (task_.out.empty()) throw NotFinite(message);
  if (recipe.epochs_done() > 0) {
    std::filesystem::path good = task_.out;
    good.replace_filename(task_.out.stem().string() + ".last_good" +
                          task_.out.extension().string());
    if (const std::string path = save_elsewhere(recipe.model(), good); !path.empty())
      message += "; the model as after the last good epoch is in " + path;
  }
  std::error_code ignored;
  throw NotFinite(
      fmt::format("{}; {} was {}", message, task_.out.string(),
                  std::filesystem::exists(task_.out, ignored) ? "left as it was" : "not written"));
}

}  // namespace thaw
