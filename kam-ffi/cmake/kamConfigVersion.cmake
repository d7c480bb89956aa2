# A version fits if it is not older than the one asked for, and of the same interface: of the same minor version before 1.0, as the soname has it.
set(PACKAGE_VERSION "0.1.0")

string(REGEX MATCH "^(0\\.[0-9]+|[1-9][0-9]*)" kam_interface "${PACKAGE_VERSION}")
string(REGEX MATCH "^(0\\.[0-9]+|0$|[1-9][0-9]*)" kam_asked "${PACKAGE_FIND_VERSION}")
if(PACKAGE_FIND_VERSION_RANGE)
    # find_package(kam 0.1...<0.3): whoever names a range knows what lies in it.
    if(PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION_MIN OR PACKAGE_VERSION VERSION_GREATER PACKAGE_FIND_VERSION_MAX
        OR (PACKAGE_FIND_VERSION_RANGE_MAX STREQUAL "EXCLUDE" AND PACKAGE_VERSION VERSION_EQUAL PACKAGE_FIND_VERSION_MAX))
        set(PACKAGE_VERSION_COMPATIBLE FALSE)
    else()
        set(PACKAGE_VERSION_COMPATIBLE TRUE)
    endif()
elseif(PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION)
    set(PACKAGE_VERSION_COMPATIBLE FALSE)
elseif(PACKAGE_FIND_VERSION STREQUAL "" OR kam_asked STREQUAL kam_interface OR kam_asked STREQUAL "0")
    set(PACKAGE_VERSION_COMPATIBLE TRUE)
else()
    set(PACKAGE_VERSION_COMPATIBLE FALSE)
endif()
if(PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)
    set(PACKAGE_VERSION_EXACT TRUE)
endif()
