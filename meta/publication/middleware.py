def published_pages(get_response):
    return get_response
