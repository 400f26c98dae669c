#pragma once

#include <functional>
#include <map>
#include <string>

#include "thaw/formats/format.h"

namespace thaw::tensorflow {

/// The members of a tar file (plain, or packed by gzip, bzip2, xz or zstd) or zip file that `takes`
/// their names, with their contents. Names are below the archive, without "./"; links, and names
/// that lead out of it, are left out. Throws Error for an archive that is damaged, or that unpacks
/// to so much more than it takes that it was made to.
std::map<std::string, std::string> read_archive(
    const ModelInput& input, const std::function<bool(const std::string& name)>& takes);

/// The name of the first member that `wanted` says yes to; empty where there is none, or where it
/// is no archive.
std::string find_in_archive(const ModelInput& input,
                            const std::function<bool(const std::string& name)>& wanted);

}  // namespace thaw::tensorflow
