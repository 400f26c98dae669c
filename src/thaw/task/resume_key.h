#pragma once

#include <cstdint>
#include <map>

#include "thaw/core/config.h"
#include "thaw/data/image_dataset.h"
#include "thaw/graph/functional.h"
#include "thaw/recipe/checkpoint.h"
#include "thaw/task/fit_data.h"

namespace thaw {

/// What a run is made of once its files are read.
struct ResumeInputs {
  Config options;  ///< OptionList::result_settings() of all that it was given
  const FitData& data;
  const Functional& base;
  const ImageOptions& form;
  const std::map<int64_t, double>& class_weight;
  const Config& contents;  ///< content_list() of all images
};

/// All that its result depends on, each option as it is or by what came of it, and what that is
/// compared with: CheckpointOptions but for path and resume.
CheckpointOptions resume_key(const ResumeInputs& inputs, Config usual_options = Config::Map{});

}  // namespace thaw
