#include <fmt/chrono.h>
#include <fmt/format.h>

#include "thaw/app/command.h"
#include "thaw/app/json_line.h"
#include "thaw/core/error.h"
#include "thaw/core/readable_bytes.h"
#include "thaw/features/disk/feature_folder.h"

namespace thaw::app::commands {
namespace {

using Clock = std::chrono::system_clock;

void print_json(const FeatureFolder& cache) {
  Config sets{Config::List{}};
  for (const FeatureFolder::SetInfo& set : cache.sets()) {
    Config row;
    row.set("key", set.set_key)
        .set("rows", set.rows)
        .set("row_bytes", set.row_bytes)
        .set("files", set.shards)
        .set("bytes", set.bytes)
        .set("last_used",
             fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(Clock::to_time_t(set.last_used))));
    sets.append(std::move(row));
  }
  Config result;
  print_json_line(result.set("folder", cache.options().folder.string())
                      .set("limit_bytes", cache.options().limit_bytes)
                      .set("bytes", cache.bytes())
                      .set("sets", std::move(sets)));
}

void print_table(const FeatureFolder& cache) {
  fmt::print("folder  {}\nused    {} of at most {}\n", cache.options().folder.string(),
             readable_bytes(cache.bytes()), readable_bytes(cache.options().limit_bytes));
  const auto sets = cache.sets();
  if (sets.empty()) return;
  fmt::print("\n{:<32} {:>9} {:>10} {:>6} {:>10}  {}\n", "set", "rows", "a row", "files", "bytes",
             "last used");
  for (const FeatureFolder::SetInfo& set : sets) {
    fmt::print("{:<32} {:>9} {:>10} {:>6} {:>10}  {:%Y-%m-%d %H:%M}\n", set.set_key, set.rows,
               readable_bytes(set.row_bytes), set.shards, readable_bytes(set.bytes),
               fmt::localtime(Clock::to_time_t(set.last_used)));
  }
}

void clear(const FeatureFolder& cache, bool json) {
  const std::string folder = cache.options().folder.string();
  const int64_t removed = cache.clear();
  if (json) {
    Config result;
    print_json_line(result.set("folder", folder).set("removed_bytes", removed));
  } else {
    fmt::print("removed {} from {}\n", readable_bytes(removed), folder);
  }
}

struct Cache final : Call {
  std::string action;
  std::filesystem::path folder;
  bool json = false;

  void describe(OptionList& options) override {
    options.add("action", action,
                {.help = "clear: remove all features; without it, show them",
                 .value = "clear",
                 .choices = {"clear"},
                 .positional = true});
    options.add("folder", folder,
                {.help = "that of fit --cache DIR, if it had one",
                 .value = "DIR",
                 .completes = Completes::folder});
    options.add("json", json, {.help = "one JSON object on standard output"});
  }

  Exit run() override {
    FeatureFolderOptions options;
    if (!folder.empty()) options.folder = folder;
    if (options.folder.empty()) {
      throw UsageError(
          "--folder: expected a folder, since neither HOME, XDG_CACHE_HOME nor THAW_HOME is set "
          "and "
          "no features are kept without one");
    }
    const FeatureFolder cache(options);
    if (action == "clear") {
      clear(cache, json);
    } else if (json) {
      print_json(cache);
    } else {
      print_table(cache);
    }
    return Exit::done;
  }
};

}  // namespace

extern const Command cache;
const Command cache{
    .name = "cache",
    .what = "features that are kept on disk: show them, or clear",
    .details =
        "What frozen layers give for an image is kept, so that a later thaw fit with the same base "
        "and the same images need not compute it again. The sets used least recently go when there "
        "is no room.",
    .example = "thaw cache clear",
    .make = &make_call<Cache>};

}  // namespace thaw::app::commands
