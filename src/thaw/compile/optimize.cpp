#include "thaw/compile/optimize.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <sstream>

#include "thaw/compile/verify.h"
#include "thaw/core/error.h"

namespace thaw {

namespace compile_passes {
extern const Pass absorb_padding;
extern const Pass fold_batch_norm;
extern const Pass fold_scale_shift;
extern const Pass fuse;
extern const Pass winograd;
}  // namespace compile_passes

// The order matters, so this list is written by hand: folding must see bare convolutions and
// padding that is theirs, fusing must come after it, and only then is it known what a convolution
// has to do.
std::span<const Pass* const> passes() {
  static constexpr auto ordered = std::to_array<const Pass*>(
      {&compile_passes::absorb_padding, &compile_passes::fold_batch_norm,
       &compile_passes::fold_scale_shift, &compile_passes::fuse, &compile_passes::winograd});
  return ordered;
}

std::vector<std::string> disabled_passes() {
  std::vector<std::string> result;
  const char* names = std::getenv("THAW_DISABLE_PASSES");
  if (names == nullptr) return result;
  std::stringstream stream{std::string(names)};
  for (std::string name; std::getline(stream, name, ',');)
    if (!name.empty()) result.push_back(name);
  return result;
}

bool verifies_passes() {
#ifdef NDEBUG
  return std::getenv("THAW_VERIFY_PASSES") != nullptr;
#else
  return true;
#endif
}

namespace {

void expect_passes(std::span<const std::string> names) {
  std::vector<std::string_view> known;
  for (const Pass* pass : passes()) known.push_back(pass->name);
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    throw UsageError(fmt::format(
        "passes to leave out (THAW_DISABLE_PASSES): expected some of {}; received \"{}\"",
        fmt::join(known, ", "), name));
  }
}

PassReport report_of(const Pass& pass, const ops::Graph& before, const ops::Graph& after,
                     std::chrono::duration<double, std::milli> elapsed) {
  return {.name = std::string(pass.name),
          .changes = changes(before, after),
          .milliseconds = elapsed.count(),
          .nodes_before = static_cast<int>(before.nodes.size()),
          .nodes_after = static_cast<int>(after.nodes.size())};
}

}  // namespace

ops::Graph optimize(ops::Graph graph, const OptimizeOptions& options,
                    std::vector<PassReport>* report) {
  expect_passes(options.without);
  if (options.verify) with_context("before the passes", [&] { verify(graph); });
  for (const Pass* pass : passes()) {
    if (pass->only_frozen && !options.frozen) continue;
    if (std::ranges::find(options.without, pass->name) != options.without.end()) continue;
    const auto start = std::chrono::steady_clock::now();
    ops::Graph better = pass->run(graph, options.traits);
    const auto elapsed = std::chrono::steady_clock::now() - start;
    if (options.verify) {
      with_context("after pass " + std::string(pass->name),
                   [&] { verify_rewrite(graph, better, options.frozen); });
    }
    if (report != nullptr) report->push_back(report_of(*pass, graph, better, elapsed));
    graph = std::move(better);
  }
  return graph;
}

}  // namespace thaw
