#include "thaw/task/skipped_config.h"

namespace thaw {

Config to_config(std::span<const SkippedFiles> skipped) {
  Config list{Config::List{}};
  for (const auto& [kind, reason, count, example] : skipped) {
    Config row;
    row.set("kind", kind).set("reason", reason).set("count", count);
    if (!example.empty()) row.set("example", example.string());
    list.append(std::move(row));
  }
  return list;
}

}  // namespace thaw
