#pragma once

#include <string>
#include <vector>

#include "thaw/data/image_folder.h"
#include "thaw/task/class_names.h"

namespace thaw {

/// A folder of images with labels that count in a model's classes.
struct ClassFolders {
  ImageFolder folder;
  std::string
      remark;  ///< how folders and classes were brought together; empty: by name, all of them
};

/// `folder` with labels that count in `class_names`. Names are equal that look alike: they are
/// compared in Unicode's form C. Throws Error naming a folder that is not among them.
ImageFolder with_classes(const ImageFolder& folder, const std::vector<std::string>& class_names);

/// `folder` for a model of these classes: by name; where nobody named the classes and there are as
/// many folders, in their order, which is Keras's. Throws Error listing both where neither fits.
ClassFolders match_classes(const ImageFolder& folder, const ClassNames& classes);

}  // namespace thaw
