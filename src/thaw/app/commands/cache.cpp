#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "thaw/app/command.h"
#include "thaw/app/json_line.h"
#include "thaw/app/readable_bytes.h"
#include "thaw/data/features/feature_folder.h"

namespace thaw::app::commands {
namespace {

struct Options {
  std::string action;
  std::string folder;
  bool json = false;
};

using Json = nlohmann::ordered_json;
using Clock = std::chrono::system_clock;

void print_json(const FeatureFolder& cache) {
  auto sets = Json::array();
  for (const FeatureFolder::SetInfo& set : cache.sets()) {
    sets.push_back({{"key", set.set_key},
                    {"rows", set.rows},
                    {"row_bytes", set.row_bytes},
                    {"files", set.shards},
                    {"bytes", set.bytes},
                    {"last_used", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                                              fmt::gmtime(Clock::to_time_t(set.last_used)))}});
  }
  print_json_line({{"folder", cache.options().folder.string()},
                   {"limit_bytes", cache.options().limit_bytes},
                   {"bytes", cache.bytes()},
                   {"sets", std::move(sets)}});
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
    print_json_line({{"folder", folder}, {"removed_bytes", removed}});
  } else {
    fmt::print("removed {} from {}\n", readable_bytes(removed), folder);
  }
}

Exit run(const Options& options) {
  FeatureFolderOptions folder;
  if (!options.folder.empty()) folder.folder = options.folder;
  const FeatureFolder cache(folder);
  if (options.action == "clear") {
    clear(cache, options.json);
  } else if (options.json) {
    print_json(cache);
  } else {
    print_table(cache);
  }
  return Exit::done;
}

std::function<Exit()> configure(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("action", options->action, "clear: remove all features; without it, show them")
      ->check(CLI::IsMember({"clear"}));
  app.add_option("--folder", options->folder, "that of fit --cache FOLDER, if it had one");
  app.add_flag("--json", options->json, "one JSON object on standard output");
  return [options] { return run(*options); };
}

}  // namespace

extern const Command cache;
const Command cache{"cache", "features that are kept on disk: show them, or clear", &configure};

}  // namespace thaw::app::commands
