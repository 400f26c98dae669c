#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "thaw/task/climb_task.h"

namespace thaw {

/// A base, and how it takes images.
struct ClimbBase {
  std::string name;
  Functional base;
  ImageOptions form;

  ImageSize size() const { return {form.size.height, form.size.width}; }
};

/// Those that the task names, in each size that it names. Throws as load_base() and find_form().
std::vector<ClimbBase> bases_of(const ClimbTask& task, ClimbEvents& events);

/// What the task says of a climb from any of them.
ClimbOptions climb_options(const ClimbTask& task, const FitData& data, ClimbEvents& events);

/// The images and their mirror images, which borrow them.
std::unique_ptr<Dataset> mirrored_of(const Dataset& images, const ClimbTask& task);
/// The same where they are to be tried; else nullptr.
std::unique_ptr<Dataset> mirrored(const ClimbTask& task, const Dataset& images);

/// The one whose best head does best, by negative log likelihood out of fold, on some of the
/// images; of one alone that. nullopt: it was stopped.
std::optional<ClimbBase> best_of(const std::vector<ClimbBase>& bases, const ClimbTask& task,
                                 Engine& engine, const FitData& data, ClimbEvents& events,
                                 std::vector<ProbedBase>& probed);

}  // namespace thaw
