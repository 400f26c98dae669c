#include "thaw/task/engine_settings.h"

#include <limits>

#include "thaw/task/option.h"

namespace thaw {
namespace {

constexpr std::pair<const char*, Precision> precisions[] = {{"f32", Precision::f32},
                                                            {"bf16", Precision::bf16}};

}  // namespace

void describe_threads(EngineOptions& engine, OptionList& options) {
  options.add("threads", engine.threads,
              {.help = "how many work at once (0: as many as this process may run on)",
               .value = "N",
               .range = Range{0, most_threads},
               .may_change = "a run may go on on another machine; only sums round otherwise"});
}

void describe(EngineOptions& engine, OptionList& options) {
  options.add("precision", engine.precision, precisions,
              {.help = "of what is frozen: f32, or bf16 where the processor has it"});
  describe_threads(engine, options);
}

}  // namespace thaw
