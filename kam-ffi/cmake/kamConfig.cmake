# find_package(kam): the targets kam::kam, the shared library, and kam::static, the static one. Both bring the headers with them.
#
# Installed as <prefix>/share/kam/cmake/kamConfig.cmake; everything is found from there, so the whole prefix may be moved.
get_filename_component(kam_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(kam_libraries "${kam_prefix}/lib" "${kam_prefix}/lib64")
if(CMAKE_LIBRARY_ARCHITECTURE)
    list(INSERT kam_libraries 0 "${kam_prefix}/lib/${CMAKE_LIBRARY_ARCHITECTURE}")
endif()

# Not from the cache: another prefix may be asked for the next time.
unset(kam_INCLUDE_DIR CACHE)
unset(kam_SHARED_LIBRARY CACHE)
unset(kam_STATIC_LIBRARY CACHE)
find_path(kam_INCLUDE_DIR kam.h PATHS "${kam_prefix}/include" NO_DEFAULT_PATH)
find_library(kam_SHARED_LIBRARY "${CMAKE_SHARED_LIBRARY_PREFIX}kam${CMAKE_SHARED_LIBRARY_SUFFIX}" PATHS ${kam_libraries} NO_DEFAULT_PATH)
find_library(kam_STATIC_LIBRARY "${CMAKE_STATIC_LIBRARY_PREFIX}kam${CMAKE_STATIC_LIBRARY_SUFFIX}" PATHS ${kam_libraries} NO_DEFAULT_PATH)
mark_as_advanced(kam_INCLUDE_DIR kam_SHARED_LIBRARY kam_STATIC_LIBRARY)

if(NOT kam_INCLUDE_DIR OR NOT (kam_SHARED_LIBRARY OR kam_STATIC_LIBRARY))
    set(kam_FOUND FALSE)
    set(kam_NOT_FOUND_MESSAGE "no kam.h or no library of kam below ${kam_prefix}: was the prefix installed as a whole?")
    return()
endif()

if(kam_SHARED_LIBRARY AND NOT TARGET kam::kam)
    add_library(kam::kam SHARED IMPORTED)
    set_target_properties(kam::kam PROPERTIES
        IMPORTED_LOCATION "${kam_SHARED_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${kam_INCLUDE_DIR}")
endif()

if(kam_STATIC_LIBRARY AND NOT TARGET kam::static)
    include(CMakeFindDependencyMacro)
    find_dependency(Threads)
    add_library(kam::static STATIC IMPORTED)
    set_target_properties(kam::static PROPERTIES
        IMPORTED_LOCATION "${kam_STATIC_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${kam_INCLUDE_DIR}"
        INTERFACE_LINK_LIBRARIES "Threads::Threads;${CMAKE_DL_LIBS};m")
endif()

unset(kam_prefix)
unset(kam_libraries)
