#include "thaw/download/digest.h"

#include <gtest/gtest.h>

#include "support/temporary_folder.h"
#include "thaw/core/error.h"
#include "thaw/core/files.h"

namespace thaw {
namespace {

TEST(Digest, agrees_with_the_published_test_values) {
  const testing::TemporaryFolder folder;
  const std::filesystem::path path = folder / "digest.txt";
  write_file(path, "abc");
  EXPECT_EQ(file_digest(path, "md5"), "900150983cd24fb0d6963f7d28e17f72");  // RFC 1321, A.5
  EXPECT_EQ(file_digest(path, "sha256"),                                    // FIPS 180-2, B.1
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_NO_THROW(check_digest(path, "900150983cd24fb0d6963f7d28e17f72"));
  EXPECT_THROW(check_digest(path, "900150983cd24fb0d6963f7d28e17f73"), Error);
  EXPECT_THROW(check_digest(path, "9001"), Error);
  EXPECT_THROW(check_digest(path / "nothing", "900150983cd24fb0d6963f7d28e17f72"), Error);
}

}  // namespace
}  // namespace thaw
